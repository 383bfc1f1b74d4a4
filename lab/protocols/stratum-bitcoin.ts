import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { line, spacedLine } from "./json-line.ts";
import { jobWaits, type MiningParameters, repeat, shareWaits, workerNames } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { voidWallets } from "./void-wallets.ts";

/** The Stratum v1 dialect of a family of miners (documents of slushpool, BIP 310, and output of the programs). */
interface Dialect {
	readonly agent: string;
	readonly write: (message: unknown) => string;
	/** BIP 310: version rolling is negotiated first, and shares contain the rolled bits. */
	readonly versionRolling: boolean;
	readonly extranonceSubscribe: boolean;
	readonly suggestDifficulty?: number;
	/** BFGMiner requests the transactions of every job, which pools refuse. */
	readonly asksForTransactions: boolean;
}

const plain = {
	versionRolling: false,
	extranonceSubscribe: false,
	asksForTransactions: false,
	write: spacedLine,
};
const dialects: Readonly<Record<string, Dialect>> = {
	cgminer: { ...plain, agent: "cgminer/4.12.1" },
	bfgminer: { ...plain, agent: "bfgminer/5.5.0", asksForTransactions: true },
	cpuminer: { ...plain, agent: "cpuminer/2.5.1", extranonceSubscribe: true },
	bmminer: { ...plain, agent: "bmminer/2.0.0/Antminer S19/0.1", versionRolling: true },
	bosminer: { ...plain, agent: "bosminer/0.2.0", versionRolling: true, write: line },
	esp: { ...plain, agent: "NerdMinerV2/V1.8.3", suggestDifficulty: 0.00015 },
};

/** Bitcoin over Stratum v1: subscribe, authorise, `mining.notify` by the pool, `mining.submit` by the miner. */
export function bitcoinStratum(random: Random, parameters: MiningParameters): Conversation {
	const script = new Script(parameters.latency);
	const software = parameters.software ?? "cgminer";
	const dialect = dialects[software] ?? { ...plain, agent: software };
	script.start(session(script, random, parameters, dialect));
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: `bitcoin/stratum ${software}`,
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}

/** Names of the software that {@link bitcoinStratum} can imitate. */
export const bitcoinMiners: readonly string[] = Object.keys(dialects);

function* session(script: Script, random: Random, parameters: MiningParameters, dialect: Dialect): Process {
	const pool = new Pool(random);
	let id = dialect.versionRolling ? 1 : 0;
	const request = (method: string, params: readonly unknown[]) => dialect.write({ id: id++, method, params });
	const answer = (result: unknown) => line({ id: id - 1, result, error: null });

	if (dialect.versionRolling) {
		const wanted = { "version-rolling.mask": "1fffe000", "version-rolling.min-bit-count": 2 };
		yield* script.call(request("mining.configure", [["version-rolling"], wanted]), () =>
			answer({ "version-rolling": true, "version-rolling.mask": "1fffe000" }),
		);
	}
	yield* script.call(request("mining.subscribe", [dialect.agent]), () => answer(pool.subscription()));
	const user = parameters.wallet ?? voidWallets.bitcoin;
	const workers = workerNames(parameters).map((worker) => `${user}.${worker}`);
	for (const [i, worker] of workers.entries()) {
		yield* script.call(request("mining.authorize", [worker, "x"]), () => {
			const welcome = answer(true);
			return i === 0 ? welcome + pool.difficulty() + pool.notify(true) : welcome;
		});
	}
	if (dialect.suggestDifficulty !== undefined) {
		yield* script.call(request("mining.suggest_difficulty", [dialect.suggestDifficulty]), () => pool.difficulty());
	}
	if (dialect.extranonceSubscribe) {
		yield* script.call(request("mining.extranonce.subscribe", []), () => answer(true));
	}

	const transactions = function* (job: string): Process {
		yield script.latency;
		const asked = `txlist${job}`;
		const refusal = [20, "Unknown method 'mining.get_transactions'", null];
		yield* script.call(dialect.write({ params: [job], id: asked, method: "mining.get_transactions" }), () =>
			line({ result: null, error: refusal, id: asked }),
		);
	};
	script.start(
		repeat(jobWaits(random, parameters), () => {
			script.server(pool.notify(random.chance(0.2)));
			if (dialect.asksForTransactions) script.start(transactions(pool.job));
		}),
	);
	script.start(
		repeat(shareWaits(random, parameters), () => {
			const stale = random.chance(parameters.staleShare);
			const share = [random.pick(workers), pool.job, random.hex(8), pool.time, random.hex(8)];
			if (dialect.versionRolling) share.push(`${random.hex(5)}000`.padStart(8, "0"));
			const own = id;
			script.start(
				script.call(request("mining.submit", share), () =>
					line(
						stale
							? { id: own, result: null, error: [21, "Job not found", null] }
							: { id: own, result: true, error: null },
					),
				),
			);
		}),
	);
}

/** The pool's side of the work: jobs whose fixed parts stay constant between blocks. */
class Pool {
	readonly #random: Random;
	readonly #extranonce1: string;
	readonly #tag: string;
	readonly #branches: number;
	#number: number;
	#previous: string;
	#seconds = 1_700_000_000;
	job = "";
	time = "";

	constructor(random: Random) {
		this.#random = random.fork(1);
		this.#extranonce1 = this.#random.hex(8);
		this.#tag = this.#random.hex(2 * this.#random.integer(12, 30));
		this.#branches = this.#random.integer(9, 13);
		this.#number = this.#random.integer(0x1000, 0xffffff);
		this.#previous = this.#blockHash();
	}

	subscription(): unknown {
		const subscription = this.#random.hex(8);
		const subscriptions = ["mining.set_difficulty", "mining.notify"].map((method) => [method, subscription]);
		return [subscriptions, this.#extranonce1, 4];
	}

	difficulty(): string {
		return line({ id: null, method: "mining.set_difficulty", params: [this.#random.pick([512, 8192, 65536])] });
	}

	/** The next job; `clean` if a new block was found and the old jobs are invalid. */
	notify(clean: boolean): string {
		const random = this.#random;
		if (clean) this.#previous = this.#blockHash();
		this.job = (this.#number++).toString(16);
		this.#seconds += random.integer(5, 40);
		this.time = this.#seconds.toString(16);
		const height = "03a0860d";
		const coinbase1 = `01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4b${height}${this.#tag}fabe6d6d${random.hex(64)}`;
		const coinbase2 = `ffffffff02${random.hex(16)}1976a914${random.hex(40)}88ac0000000000000000266a24aa21a9ed${random.hex(64)}00000000`;
		const branches = Array.from({ length: this.#branches }, () => random.hex(64));
		const params = [this.job, this.#previous, coinbase1, coinbase2, branches, "20000000", "17034219", this.time, clean];
		return line({ id: null, method: "mining.notify", params });
	}

	/** Stratum swaps the words of the hash: its zeros are at the end. */
	#blockHash(): string {
		return this.#random.hex(46) + "0".repeat(18);
	}
}
