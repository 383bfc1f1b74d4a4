import type { Conversation } from "./conversation.ts";
import { type MiningScript, miningScripts } from "./protocols/mining.ts";
import { type MiningParameters, ordinaryMining } from "./protocols/mining-parameters.ts";
import { ordinaryScripts } from "./protocols/ordinary.ts";
import type { OrdinaryParameters } from "./protocols/ordinary-parameters.ts";
import type { Random } from "./random.ts";
import type { Path } from "./wire/path.ts";
import type { TlsOptions } from "./wire/tls-session.ts";

/** The plan of a conversation in a sample: script, parameters, and position. */
export interface Planned {
	readonly conversation: (random: Random) => Conversation;
	readonly client: string;
	readonly server: string;
	/** Seconds after the beginning of the capture. */
	readonly after: number;
	readonly path?: Partial<Path>;
	readonly tls?: Omit<TlsOptions, "certificate">;
}

/** The plan of a capture. */
export interface Plan {
	readonly file: string;
	readonly about: string;
	readonly seed: number;
	readonly conversations: readonly Planned[];
}

const mining =
	(script: keyof typeof miningScripts, more: Partial<MiningParameters>) =>
	(random: Random): Conversation =>
		(miningScripts[script] as MiningScript)(random, { ...ordinaryMining, ...more });
const ordinary =
	(script: keyof typeof ordinaryScripts, more: Partial<OrdinaryParameters> = {}) =>
	(random: Random): Conversation =>
		ordinaryScripts[script]!(random, { duration: 540, latency: 0.015, serverName: "www.example", ...more });

const TLS13 = { version: "TLSv1.3" } as const;
const withName = (version: "TLSv1.2" | "TLSv1.3", serverName: string) => ({ tls: { version, serverName } });
const never = Number.POSITIVE_INFINITY;

const bitcoin: Plan = {
	file: "bitcoin-stratum.pcap",
	about: "Two machines of a farm and a proxy with four workers, Stratum v1 without encryption.",
	seed: 1,
	conversations: [
		{
			conversation: mining("bitcoinStratum", {
				software: "bmminer",
				worker: "s19-04",
				jobInterval: 30,
				shareInterval: 12,
			}),
			client: "10.20.0.11",
			server: "203.0.113.10",
			after: 1,
		},
		{
			conversation: mining("bitcoinStratum", {
				software: "cgminer",
				shareInterval: 40,
				latency: 0.045,
				variableDifficulty: true,
			}),
			client: "10.20.0.12",
			server: "203.0.113.10",
			after: 8,
			path: { timestamps: false },
		},
		{
			conversation: mining("bitcoinStratum", { software: "bosminer", workers: 4, shareInterval: 30, serverPort: 25 }),
			client: "10.20.0.2",
			server: "198.51.100.25",
			after: 15,
			path: { loss: 0.01 },
		},
	],
};

const monero: Plan = {
	file: "monero-xmrig.pcap.gz",
	about: "XMRig on two office computers, unencrypted, on a port that says nothing.",
	seed: 2,
	conversations: [
		{
			conversation: mining("moneroLogin", { serverPort: 8080, worker: "pc17", shareInterval: 25, jobRhythm: "blocks" }),
			client: "192.168.7.31",
			server: "198.51.100.77",
			after: 0,
		},
		{
			conversation: mining("moneroLogin", {
				software: "xmrig-windows",
				serverPort: 14444,
				shareInterval: never,
				duration: 420,
			}),
			client: "192.168.7.32",
			server: "198.51.100.78",
			after: 30,
			path: { timestamps: false, jitter: 0.003 },
		},
	],
};

const moneroTls: Plan = {
	file: "monero-xmrig-tls13.pcap.gz",
	about: "The same miner inside TLS 1.3 without a server name, as XMRig does by default: only the shape tells.",
	seed: 3,
	conversations: [
		{
			conversation: mining("moneroLogin", { serverPort: 443, shareInterval: 25, duration: 900, tls: TLS13 }),
			client: "192.168.7.33",
			server: "203.0.113.44",
			after: 0,
		},
		{
			conversation: mining("moneroLogin", {
				serverPort: 10443,
				shareInterval: 60,
				jobRhythm: "blocks",
				tls: TLS13,
				latency: 0.08,
			}),
			client: "192.168.7.34",
			server: "203.0.113.45",
			after: 20,
			path: { loss: 0.005, jitter: 0.004 },
			tls: { groups: "X25519MLKEM768:X25519" },
		},
	],
};

const ethereum: Plan = {
	file: "ethash-eth-proxy.pcap",
	about: "Two graphics cards at an Ethash pool: eth-proxy and EthereumStratum/1.0.0.",
	seed: 4,
	conversations: [
		{
			conversation: mining("ethProxy", { serverPort: 4444, jobInterval: 12, shareInterval: 30 }),
			client: "172.16.5.9",
			server: "192.0.2.90",
			after: 0,
		},
		{
			conversation: mining("ethereumStratum", {
				serverPort: 3353,
				software: "nbminer",
				jobInterval: 12,
				latency: 0.06,
			}),
			client: "172.16.5.10",
			server: "192.0.2.91",
			after: 4,
		},
	],
};

const poolNames: Plan = {
	file: "pool-name-tls.pcapng",
	about:
		"Miners inside TLS whose server name gives the pool away, TLS 1.2 and 1.3, one with a post-quantum key share whose hello spans two segments. Nanoseconds.",
	seed: 5,
	conversations: [
		{
			conversation: mining("moneroLogin", { serverPort: 443, ...withName("TLSv1.2", "xmr-eu1.pool.example") }),
			client: "10.1.2.3",
			server: "198.51.100.3",
			after: 0,
		},
		{
			conversation: mining("ravencoinStratum", { serverPort: 3443, ...withName("TLSv1.3", "rvn.mining.example") }),
			client: "10.1.2.4",
			server: "198.51.100.4",
			after: 12,
			tls: { groups: "X25519MLKEM768:X25519" },
		},
	],
};

const office: Plan = {
	file: "office.pcap.gz",
	about:
		"An office without miners: what resembles mining in its words, its names, its JSON or its rhythm, and must not be reported.",
	seed: 6,
	conversations: [
		ordinary("browsing", { serverName: "news.example" }),
		ordinary("browsing", { serverName: "whirlpool.example", ...withName("TLSv1.3", "whirlpool.example") }),
		ordinary("browsing", { serverName: "ntp.pool.example", ...withName("TLSv1.2", "ntp.pool.example") }),
		ordinary("ssh"),
		ordinary("mqtt"),
		ordinary("mqtt", withName("TLSv1.3", "iot.example")),
		ordinary("languageServer"),
		ordinary("webSocketChat", { serverName: "chat.example" }),
		ordinary("webSocketChat", { serverName: "chat.example", ...withName("TLSv1.3", "chat.example") }),
		ordinary("ethereumNode", { serverName: "node.example" }),
		ordinary("irc", { serverName: "irc.example" }),
		ordinary("ntp"),
		ordinary("vpnKeepAlive"),
		ordinary("databasePool", { latency: 0.0004 }),
		ordinary("nodeSubscription", { serverName: "node.example" }),
		ordinary("marketData", withName("TLSv1.3", "stream.exchange.example")),
		ordinary("longPolling", withName("TLSv1.2", "mail.example")),
		ordinary("telemetry", withName("TLSv1.3", "telemetry.example")),
		ordinary("xmpp", withName("TLSv1.3", "xmpp.example")),
		ordinary("quicBrowsing", { serverName: "video.example" }),
	].map((conversation, i) => ({
		conversation,
		client: `192.168.10.${20 + i}`,
		server: `203.0.113.${100 + i}`,
		after: 2 * i,
		path: { timestamps: i % 3 !== 0, jitter: i % 2 === 0 ? 0.0005 : 0.003 },
		tls: { protocols: ["http/1.1"] },
	})),
};

const mixed: Plan = {
	file: "mixed-vlan.pcap.gz",
	about: "Several hosts on a trunk (VLAN tags), IPv4 and IPv6: two miners among ordinary traffic.",
	seed: 7,
	conversations: [
		{
			conversation: mining("moneroLogin", { serverPort: 5555, worker: "srv2", shareInterval: 15 }),
			client: "2001:db8:10::52",
			server: "2001:db8:ffff::9",
			after: 3,
			path: { vlan: 110 },
		},
		{
			conversation: mining("zcashStratum", { serverPort: 2142, shareInterval: 35, duration: 480 }),
			client: "10.30.4.18",
			server: "192.0.2.18",
			after: 40,
			path: { vlan: 120, loss: 0.01 },
		},
		{
			conversation: ordinary("browsing", { serverName: "docs.example", ...withName("TLSv1.3", "docs.example") }),
			client: "2001:db8:10::60",
			server: "2001:db8:cafe::80",
			after: 5,
			path: { vlan: 110 },
			tls: { protocols: ["http/1.1"], groups: "X25519MLKEM768:X25519" },
		},
		{
			conversation: ordinary("ssh"),
			client: "10.30.4.22",
			server: "192.0.2.22",
			after: 11,
			path: { vlan: 120 },
		},
		{
			conversation: ordinary("mqtt", { duration: 480 }),
			client: "2001:db8:10::7a",
			server: "2001:db8:cafe::1883",
			after: 20,
			path: { vlan: 110 },
		},
	],
};

/** All samples. */
export const samplePlans: readonly Plan[] = [bitcoin, monero, moneroTls, ethereum, poolNames, office, mixed];
