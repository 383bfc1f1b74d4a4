import type { PushRecord } from "./push-record.ts";

export const SECOND = 1e6;
export const HOUR = 3600 * SECOND;
/** 2026-03-01 00:00 UTC. */
export const MIDNIGHT = 1_772_323_200e6;

/** Uniform numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Times of a Poisson process from `MIDNIGHT` on, microseconds. */
export function poisson(random: () => number, interval: number, length: number): number[] {
	const times: number[] = [];
	for (let t = 0; ; ) {
		t -= Math.log(1 - random()) * interval;
		if (t >= length) return times;
		times.push(MIDNIGHT + t);
	}
}

export interface MinerTraits {
	/** Seconds from a block to its push. */
	readonly latency?: readonly [least: number, most: number];
	/** Share of blocks that are not seen as a push. */
	readonly missed?: number;
	/** Seconds after the last push at which the pool sends work anew. */
	readonly refresh?: number;
}

/** The pushes that a miner of these blocks receives. */
export function pushesOf(random: () => number, blocks: readonly number[], length: number, traits: MinerTraits = {}) {
	const { latency: [least, most] = [0.2, 2.5], missed = 0.1, refresh = Infinity } = traits;
	const jobs = blocks.filter(() => random() >= missed).map((at) => at + (least + (most - least) * random()) * SECOND);
	const pushes: number[] = [];
	let last = MIDNIGHT;
	for (const job of [...jobs, MIDNIGHT + length]) {
		for (let at = last + refresh * SECOND; at < job; at += refresh * SECOND) {
			pushes.push(at);
			last = at;
		}
		if (job >= MIDNIGHT + length) break;
		if (job - last >= SECOND) pushes.push(job);
		last = Math.max(last, job);
	}
	return pushes;
}

/** Records of five minutes each, as the meter slices a connection: each repeats the newest pushes. */
export function recordsOf(pushes: readonly number[], length: number, changes: Partial<PushRecord> = {}): PushRecord[] {
	const records: PushRecord[] = [];
	for (let begin = MIDNIGHT; begin < MIDNIGHT + length; begin += 300 * SECOND) {
		const end = Math.min(begin + 299 * SECOND, MIDNIGHT + length);
		records.push({
			begin,
			end,
			input: "test",
			client: { address: "10.3.7.21", port: 50_000 },
			server: { address: "203.0.113.7", port: 443 },
			protocol: 6,
			pushes: Float64Array.from(pushes.filter((push) => push <= end).slice(-64)),
			bytesToServer: 1000,
			bytesToClient: 4000,
			packetsToServer: 10,
			packetsToClient: 12,
			verdict: "other",
			...changes,
		});
	}
	return records;
}
