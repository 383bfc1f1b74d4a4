import type { Random } from "../random.ts";
import type { Process } from "./script.ts";

/** Parameters of every mining script. All times in seconds. */
export interface MiningParameters {
	/** Length of the session. */
	readonly duration: number;
	/** Mean time between two jobs of the pool. */
	readonly jobInterval: number;
	/**
	 * When jobs are sent: `blocks` at random, `steady` by a timer, `both` a timer and new blocks, `grid` on whole
	 * seconds.
	 */
	readonly jobRhythm: "blocks" | "steady" | "both" | "grid";
	/** Explicit times of jobs, seconds after the start, instead of the rhythm. No job comes after the last one. */
	readonly jobTimes?: readonly number[];
	/** Mean time between two shares of one worker; Infinity: no shares. */
	readonly shareInterval: number;
	/** Whether the pool begins with a low difficulty and adjusts it until the share interval is reached. */
	readonly variableDifficulty: boolean;
	/** One-way delay between the ends. */
	readonly latency: number;
	/**
	 * A keep-alive after this many seconds without a write of the miner; Infinity: never. For protocols that have one.
	 */
	readonly keepAlive: number;
	/** Workers whose shares use this connection; more than one means a proxy. */
	readonly workers: number;
	/** Share of submissions that are late and rejected. */
	readonly staleShare: number;
	/** Port of the pool. */
	readonly serverPort: number;
	/** The miner's login; an invalid wallet of the coin if absent. */
	readonly wallet?: string;
	/** Name of the first worker. */
	readonly worker: string;
	/** Software of the miner, one of the names that its script knows; the first if absent. */
	readonly software?: string;
	/** Host name of the pool, for protocols that carry it. */
	readonly poolName: string;
	/** Present: the session runs inside TLS. */
	readonly tls?: { readonly version: "TLSv1.2" | "TLSv1.3"; readonly serverName?: string };
}

/** A typical session: ten minutes, a job every half minute, a share every twenty seconds. */
export const ordinaryMining: MiningParameters = {
	duration: 600,
	jobInterval: 30,
	jobRhythm: "both",
	shareInterval: 20,
	variableDifficulty: false,
	latency: 0.02,
	keepAlive: 60,
	workers: 1,
	staleShare: 0.01,
	serverPort: 3333,
	worker: "rig1",
	poolName: "stratum.pool.example",
};

/** Waits between jobs, without end. */
export function* jobWaits(random: Random, parameters: MiningParameters): Generator<number, never, void> {
	const { jobInterval, jobRhythm, jobTimes } = parameters;
	if (jobTimes !== undefined) {
		let now = 0;
		for (const at of jobTimes) {
			yield Math.max(0, at - now);
			now = Math.max(now, at);
		}
		for (;;) yield Number.POSITIVE_INFINITY;
	}
	const grid = random.pick([0.5, 1, 1, 2, 5]);
	for (;;) {
		switch (jobRhythm) {
			case "blocks":
				yield random.exponential(jobInterval);
				break;
			case "steady":
				yield Math.max(0.05, random.normal(jobInterval, jobInterval * 0.02));
				break;
			case "both": {
				// A block before the timer expires restarts the timer, as in pools that rebroadcast.
				const block = random.exponential(2 * jobInterval);
				yield Math.min(block, jobInterval * 1.2 + random.exponential(0.01));
				break;
			}
			case "grid": {
				const steps = Math.max(1, Math.round(random.exponential(jobInterval) / grid));
				yield steps * grid + random.normal(0, 0.004);
			}
		}
	}
}

/** Waits between the shares of all workers of a connection: a Poisson process, slowed down by variable difficulty. */
export function* shareWaits(random: Random, parameters: MiningParameters): Generator<number, never, void> {
	const mean = parameters.shareInterval / parameters.workers;
	let ease = parameters.variableDifficulty ? random.uniform(4, 30) : 1;
	for (let shares = 1; ; shares++) {
		yield Number.isFinite(mean) ? random.exponential(mean / ease) : Number.POSITIVE_INFINITY;
		if (shares % 8 === 0) ease = Math.max(1, ease / random.pick([2, 4]));
	}
}

/** Runs `act` after each of the waits. */
export function* repeat(waits: Iterator<number, never, void>, act: () => void): Process {
	for (;;) {
		yield waits.next().value;
		act();
	}
}

/** Names of the workers of a connection: `rig1`, then similar names. */
export function workerNames(parameters: MiningParameters): readonly string[] {
	const others = Array.from({ length: parameters.workers - 1 }, (_, i) => `${parameters.worker}x${i + 2}`);
	return [parameters.worker, ...others];
}
