import type { Random } from "../random.ts";
import type { Process } from "./script.ts";

/** What every mining script is steered by. All times in seconds. */
export interface MiningParameters {
	/** Length of the session. */
	readonly duration: number;
	/** Mean time between two jobs that the pool sends. */
	readonly jobInterval: number;
	/** When jobs come: `blocks` by chance, `steady` by a timer, `both` a timer besides new blocks, `grid` on whole seconds. */
	readonly jobRhythm: "blocks" | "steady" | "both" | "grid";
	/** When the pool sends jobs, seconds after the start: instead of the rhythm. None come after the last. */
	readonly jobTimes?: readonly number[];
	/** Mean time between two shares of one worker; Infinity: none is found. */
	readonly shareInterval: number;
	/** Whether the pool begins easy and sets the difficulty anew until the share interval is reached. */
	readonly variableDifficulty: boolean;
	/** One-way delay between the ends. */
	readonly latency: number;
	/** A keep-alive after so many seconds in which the miner wrote nothing; Infinity: never. For protocols that have one. */
	readonly keepAlive: number;
	/** Workers whose shares come over this one connection; more than one is a proxy. */
	readonly workers: number;
	/** Share of submissions that come too late and are refused. */
	readonly staleShare: number;
	/** Where the pool listens. */
	readonly serverPort: number;
	/** What the miner logs in with; a void one of the coin when absent. */
	readonly wallet?: string;
	/** Name of the first worker. */
	readonly worker: string;
	/** Software of the miner, one of the names its script knows; the first when absent. */
	readonly software?: string;
	/** Host name of the pool, for protocols that carry it. */
	readonly poolName: string;
	/** Present: the session runs inside TLS. */
	readonly tls?: { readonly version: "TLSv1.2" | "TLSv1.3"; readonly serverName?: string };
}

/** A plain session: ten minutes, a job every half minute, a share every twenty seconds. */
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

/** Waits between jobs, for ever. */
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
				// A block found before the timer runs out restarts the timer, as pools that rebroadcast do.
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

/** Waits between the shares of all workers of a connection: a Poisson process, which variable difficulty slows down. */
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

/** The workers of a connection by name: `rig1`, then others like it. */
export function workerNames(parameters: MiningParameters): readonly string[] {
	const others = Array.from({ length: parameters.workers - 1 }, (_, i) => `${parameters.worker}x${i + 2}`);
	return [parameters.worker, ...others];
}
