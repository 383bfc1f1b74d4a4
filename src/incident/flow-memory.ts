import { DECIDED_BY_BLOCK_TIMES } from "./block-times/pair-sighting.ts";
import { BoundedMap } from "./bounded-map.ts";
import { DECIDED_BY_PROBE } from "./probe-sighting.ts";
import type { Sighting } from "./sighting.ts";

/** What a flow record added to its incident. */
export interface Amounts {
	readonly isNew: boolean;
	readonly packets: number;
	readonly bytesToPool: number;
	readonly bytesToMiner: number;
}

/** What was counted of a record: its end, amounts, and whether shape's verdict was counted. */
type Counted = [at: number, packets: number, bytesToPool: number, bytesToMiner: number, judged: 0 | 1];

/**
 * The flow records seen recently, so that each counts once: an early report and the whole flow are one record, and so is
 * a record that is read again. Records are equal if host domain, both ends, protocol and begin are equal.
 */
export class FlowMemory {
	readonly #records: BoundedMap<Counted>;

	constructor(most: number, entries: Iterable<readonly [string, Counted]> = []) {
		this.#records = new BoundedMap<Counted>(most, entries);
	}

	/** What the sighting adds to what was counted before; undefined if it was counted already. */
	count(sighting: Sighting): Amounts | undefined {
		const key = recordKey(sighting);
		const before = this.#records.get(key);
		if (before !== undefined && sighting.at <= before[0]) return undefined;
		const packets = sighting.packetsToPool + sighting.packetsToMiner;
		const { at, bytesToPool, bytesToMiner } = sighting;
		this.#records.set(key, [at, packets, bytesToPool, bytesToMiner, before?.[4] ?? 0]);
		return {
			// A pair whose flows were all reported themselves adds no flow.
			isNew: before === undefined && (packets > 0 || !isOfPair(sighting.decidedBy)),
			packets: Math.max(0, packets - (before?.[1] ?? 0)),
			bytesToPool: Math.max(0, bytesToPool - (before?.[2] ?? 0)),
			bytesToMiner: Math.max(0, bytesToMiner - (before?.[3] ?? 0)),
		};
	}

	/** Whether shape's verdict on the record is asked for the first time. */
	judgeOnce(sighting: Sighting): boolean {
		const record = this.#records.get(recordKey(sighting));
		if (record === undefined || record[4] === 1) return false;
		record[4] = 1;
		return true;
	}

	entries(): [string, Counted][] {
		return this.#records.entries().map(([key, counted]) => [key, [...counted]]);
	}
}

function isOfPair(decidedBy: string): boolean {
	return decidedBy === DECIDED_BY_BLOCK_TIMES || decidedBy === DECIDED_BY_PROBE;
}

/** A sighting that sums up a pair of hosts is no record of one of its flows, though it begins with one. */
function recordKey({ domain, miner, pool, protocol, begin, decidedBy }: Sighting): string {
	const ends = `${domain ?? ""}|${miner.address}|${miner.port}|${pool.address}|${pool.port}|${protocol}|${begin}`;
	return isOfPair(decidedBy) ? `${ends}|${decidedBy}` : ends;
}
