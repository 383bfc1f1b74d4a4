import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { line } from "./json-line.ts";
import { jobWaits, type MiningParameters, repeat, shareWaits, workerNames } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { voidWallets } from "./void-wallets.ts";

/** A coin's variant of Stratum v1: its subscription, jobs and shares. */
interface Coin {
	readonly name: string;
	readonly wallet: string;
	readonly agents: Readonly<Record<string, string>>;
	subscribe(agent: string, parameters: MiningParameters): readonly unknown[];
	subscribed(): unknown;
	/** Messages of the pool after the first worker's authorisation, before the first job. */
	welcome(): readonly object[];
	job(clean: boolean): { readonly id: string; readonly params: readonly unknown[]; readonly memo?: string };
	/** `memo` is the value that the job returned. */
	share(worker: string, job: string, memo: string): readonly unknown[];
}

/** Ravencoin's KawPoW: jobs contain header and seed hash, shares the mix hash. */
const ravencoin = (
	random: Random,
	seed = random.hex(64),
	target = `00000000${random.hex(4)}${"0".repeat(52)}`,
): Coin => ({
	name: "ravencoin",
	wallet: voidWallets.ravencoin,
	agents: { "t-rex": "T-Rex/0.26.8", kawpowminer: "kawpowminer/1.2.4", nbminer: "NBMiner/42.3" },
	subscribe: (agent) => [agent],
	subscribed: () => [null, random.hex(6)],
	welcome: () => [{ id: null, method: "mining.set_target", params: [target] }],
	job(clean) {
		const header = random.hex(64);
		const id = random.hex(8);
		return { id, params: [id, header, seed, target, clean, 2_943_117, "1b00c0de"], memo: header };
	},
	share: (worker, job, header) => [worker, job, `0x${random.hex(16)}`, `0x${header}`, `0x${random.hex(64)}`],
});

/** Kaspa's bridge: the header as four 64-bit numbers and a time stamp, shares a bare nonce; several blocks a second. */
const kaspa = (random: Random): Coin => ({
	name: "kaspa",
	wallet: voidWallets.kaspa,
	agents: { lolminer: "lolMiner 1.76a", bzminer: "BzMiner-v21.0.3", iceriver: "IceRiverMiner-v1.1" },
	subscribe: (agent) => [agent, "EthereumStratum/1.0.0"],
	subscribed: () => [true, "EthereumStratum/1.0.0"],
	welcome: () => [
		{ id: null, method: "mining.set_extranonce", params: [random.hex(4), 6] },
		{ id: null, method: "mining.set_difficulty", params: [random.pick([4, 64, 4096])] },
	],
	job() {
		const id = String(random.integer(1, 99));
		// Numbers beyond 2^53 are valid in JSON but not exact in JavaScript: written as marks, which are replaced
		// below.
		const words = [0, 1, 2, 3].map(() => `@${BigInt(`0x${random.hex(16)}`)}@`);
		return { id, params: [id, words, 1_700_000_000_000 + random.integer(0, 1e9)] };
	},
	share: (worker, job) => [worker, job, `0x${random.hex(16)}`],
});

/** Zcash's Equihash (ZIP 301): the target is a separate message, and a share contains a solution of 1,344 bytes. */
const zcash = (random: Random): Coin => ({
	name: "zcash",
	wallet: voidWallets.zcash,
	agents: { ewbf: "EWBF/0.3.4b", gminer: "GMiner/3.44", bmminer: "bmminer/1.0.0/Antminer Z15" },
	subscribe: (agent, parameters) => [agent, null, parameters.poolName, parameters.serverPort],
	subscribed: () => [null, random.hex(8)],
	welcome: () => [{ id: null, method: "mining.set_target", params: [`0000${random.hex(8)}${"0".repeat(52)}`] }],
	job(clean) {
		const id = random.hex(4);
		const time = random.hex(8);
		const params = [id, "04000000", random.hex(64), random.hex(64), random.hex(64), time, "1c00c0de", clean];
		return { id, params, memo: time };
	},
	share: (worker, job, time) => [worker, job, time, random.hex(56), `fd4005${random.hex(2688)}`],
});

/** NiceHash's market: Bitcoin's job format with the name and the extranonce changes of a hash-rate market. */
const niceHash = (random: Random): Coin => ({
	name: "nicehash",
	wallet: voidWallets.bitcoin,
	agents: { excavator: "excavator/1.9.0a_nvidia", nicehash: "NiceHash/1.0.0" },
	subscribe: (agent) => [agent],
	subscribed: () => [[["mining.notify", random.hex(32)]], random.hex(8), 8],
	welcome: () => [{ id: null, method: "mining.set_difficulty", params: [random.pick([0.5, 2, 16])] }],
	job(clean) {
		const id = random.hex(16);
		const time = random.hex(8);
		const branches = Array.from({ length: random.integer(4, 11) }, () => random.hex(64));
		const params = [
			id,
			random.hex(64),
			random.hex(160),
			random.hex(220),
			branches,
			"20000000",
			"1703d869",
			time,
			clean,
		];
		return { id, params, memo: time };
	},
	share: (worker, job, time) => [worker, job, random.hex(16), time, random.hex(8)],
});

export const ravencoinStratum = scriptOf(ravencoin);
export const kaspaStratum = scriptOf(kaspa);
export const zcashStratum = scriptOf(zcash);
export const niceHashStratum = scriptOf(niceHash);

function scriptOf(coinOf: (random: Random) => Coin): (random: Random, parameters: MiningParameters) => Conversation {
	return (random, parameters) => {
		const script = new Script(parameters.latency);
		const coin = coinOf(random);
		const software = parameters.software ?? Object.keys(coin.agents)[0]!;
		script.start(session(script, random, parameters, coin, coin.agents[software] ?? software));
		return conversationOf(script, parameters.duration, {
			label: "Miner",
			kind: `${coin.name}/stratum ${software}`,
			serverPort: parameters.serverPort,
			...(parameters.tls && { tls: parameters.tls }),
		});
	};
}

function* session(script: Script, random: Random, parameters: MiningParameters, coin: Coin, agent: string): Process {
	const workers = workerNames(parameters).map((name) => `${parameters.wallet ?? coin.wallet}.${name}`);
	let id = 1;
	let job = "";
	let memo = "";
	const request = (method: string, params: readonly unknown[]) => line({ id: id++, method, params });
	const answer = (to: number, result: unknown) => line({ id: to, result, error: null });
	const notify = (clean: boolean) => {
		const next = coin.job(clean);
		job = next.id;
		memo = next.memo ?? "";
		return line({ id: null, method: "mining.notify", params: next.params }).replace(/"@(\d+)@"/g, "$1");
	};

	yield* script.call(request("mining.subscribe", coin.subscribe(agent, parameters)), () =>
		answer(1, coin.subscribed()),
	);
	if (random.chance(0.3)) yield* script.call(request("mining.extranonce.subscribe", []), () => answer(2, true));
	for (const [i, worker] of workers.entries()) {
		const to = id;
		yield* script.call(request("mining.authorize", [worker, "x"]), () =>
			i > 0 ? answer(to, true) : [answer(to, true), ...coin.welcome().map(line), notify(true)].join(""),
		);
	}
	script.start(repeat(jobWaits(random, parameters), () => script.server(notify(random.chance(0.4)))));
	script.start(
		repeat(shareWaits(random, parameters), () => {
			const to = id;
			const stale = random.chance(parameters.staleShare);
			script.start(
				script.call(request("mining.submit", coin.share(random.pick(workers), job, memo)), () =>
					stale ? line({ id: to, result: null, error: [21, "Job not found", null] }) : answer(to, true),
				),
			);
		}),
	);
}
