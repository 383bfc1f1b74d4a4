import type { Evidence } from "../../detect/evidence.ts";
import type { AllowlistEntry } from "../../incident/allowlist-schema.ts";

/** One host of the demonstration and its mining. Addresses and names are reserved for documentation (RFC 5737, 3849, 6761). */
export interface DemoHost {
	readonly address: string;
	readonly input: string;
	readonly pool: { readonly address: string; readonly port: number };
	readonly serverName?: string;
	readonly coin?: string;
	readonly software?: string;
	readonly protocol?: string;
	/** Probability of the forest around which flows lie; absent: too few packets to judge. */
	readonly probability?: number;
	/** Words in the server name that tell. */
	readonly words?: readonly string[];
	/** Minutes from the begin of the two hours. */
	readonly from: number;
	readonly until: number;
	/** Bytes of a job, and seconds between jobs and between shares. */
	readonly job: number;
	readonly jobEvery: number;
	readonly shareEvery: number;
	/** Extra evidence in every flow. */
	readonly evidence?: readonly Evidence[];
}

const MONERO = {
	coin: "Monero",
	protocol: "monero-stratum",
	software: "XMRig 6.22.2",
	job: 410,
	jobEvery: 30,
	shareEvery: 24,
};
const BITCOIN = {
	coin: "Bitcoin",
	protocol: "stratum",
	software: "bmminer 2.0.0",
	job: 1210,
	jobEvery: 31,
	shareEvery: 9,
};
const RAVENCOIN = {
	coin: "Ravencoin",
	protocol: "stratum",
	software: "T-Rex 0.26.8",
	job: 330,
	jobEvery: 17,
	shareEvery: 21,
};
const TLS = { job: 470, jobEvery: 29, shareEvery: 33 };

const XMR_POOL = { pool: { address: "203.0.113.7", port: 3333 }, serverName: "xmr.pool.example" };
const BTC_POOL = { pool: { address: "203.0.113.10", port: 3333 } };
const RVN_POOL = { pool: { address: "198.51.100.25", port: 8888 } };

export const DEMO_NETWORKS: Readonly<Record<string, string>> = {
	"10.3.0.0/16": "HPC cluster",
	"10.8.0.0/16": "Physics laboratory",
	"10.20.0.0/16": "Offices",
	"10.40.0.0/16": "Kubernetes",
	"10.50.0.0/16": "Block-chain research",
	"10.60.0.0/16": "Wi-Fi",
	"2001:db8:7::/48": "Servers",
};

/** The entry of the allowlist that the demonstration begins with. */
export const DEMO_ALLOWLIST: AllowlistEntry = {
	reason: "Measurements of the block-chain research group",
	owner: "research@institute.example",
	until: "never",
	hosts: ["10.50.0.0/24"],
	coins: ["Bitcoin"],
};

export const DEMO_HOSTS: readonly DemoHost[] = [
	{ address: "10.3.7.21", input: "live:eth0", ...MONERO, ...XMR_POOL, probability: 0.995, from: 8, until: 120 },
	{ address: "10.3.7.22", input: "live:eth0", ...MONERO, ...XMR_POOL, probability: 0.99, from: 31, until: 120 },
	{ address: "10.8.1.5", input: "live:eth0", ...RAVENCOIN, ...RVN_POOL, probability: 0.97, from: 0, until: 120 },
	{ address: "10.8.1.6", input: "live:eth0", ...RAVENCOIN, ...RVN_POOL, probability: 0.96, from: 55, until: 92 },
	{
		address: "10.20.4.17",
		input: "ipfix+udp://0.0.0.0:4739",
		...TLS,
		pool: { address: "203.0.113.44", port: 443 },
		probability: 0.955,
		from: 17,
		until: 120,
	},
	{
		address: "10.40.2.9",
		input: "ipfix+udp://0.0.0.0:4739",
		...TLS,
		pool: { address: "198.51.100.90", port: 443 },
		serverName: "eu.xmr-pool.example",
		words: ["xmr", "pool"],
		probability: 0.93,
		from: 64,
		until: 120,
	},
	{
		address: "10.60.3.88",
		input: "ipfix+udp://0.0.0.0:4739",
		...TLS,
		pool: { address: "198.51.100.61", port: 443 },
		serverName: "stratum.browser-miner.example",
		words: ["stratum", "miner"],
		from: 100,
		until: 118,
	},
	{
		address: "2001:db8:7::42",
		input: "live:eth0",
		...MONERO,
		pool: { address: "2001:db8:ffff::7", port: 14_444 },
		probability: 0.98,
		from: 84,
		until: 120,
	},
	{
		address: "10.20.9.140",
		input: "live:eth0",
		...TLS,
		pool: { address: "203.0.113.45", port: 443 },
		probability: 0.925,
		from: 2,
		until: 16,
	},
	...[11, 12, 13].map(
		(last): DemoHost => ({
			address: `10.50.0.${last}`,
			input: "live:eth0",
			...BITCOIN,
			...BTC_POOL,
			probability: 0.998,
			from: 0,
			until: 120,
		}),
	),
];
