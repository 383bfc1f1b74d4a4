import { countMalformed, createCounters, type SourceCounters } from "../bytes/counters.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";

/**
 * Merges the flows of a capture that several meters read in parallel, each its shard: one batch per meter in turn,
 * until all have ended. If each returns one batch per fixed number of packets of the capture
 * (`MeterCaptureOptions.packetsPerRound`), the order depends on the packets alone, flows appear soon after their end,
 * and those between two addresses are in the order of a single meter.
 */
export function mergeShards(shards: readonly FlowSource[]): FlowSource {
	return new MergedShards(shards);
}

class MergedShards implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #shards: readonly FlowSource[];
	/** Number of each shard's warnings already forwarded. */
	readonly #forwarded: number[];

	constructor(shards: readonly FlowSource[]) {
		this.name = shards[0]!.name;
		this.#shards = shards;
		this.#forwarded = shards.map(() => 0);
		this.#count();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const iterators = this.#shards.map((shard) => shard[Symbol.asyncIterator]());
		try {
			let going = iterators;
			while (going.length > 0) {
				const goOn: typeof going = [];
				for (const shard of going) {
					const { done, value } = await shard.next();
					this.#count();
					if (done) continue;
					goOn.push(shard);
					if (value.length > 0) yield this.#numbered(value);
				}
				going = goOn;
			}
		} finally {
			for (const shard of iterators) await shard.return?.();
		}
	}

	stop(): void {
		for (const shard of this.#shards) shard.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const shard of this.#shards) await shard[Symbol.asyncDispose]();
	}

	#numbered(flows: FlowColumns): FlowColumns {
		const firstIndex = this.counters.flows;
		this.counters.flows += flows.length;
		return { ...flows, firstIndex };
	}

	/** Each shard counts its own packets, and each reads all bytes. */
	#count(): void {
		const { counters } = this;
		const all = this.#shards.map((shard) => shard.counters);
		counters.bytesRead = all[0]!.bytesRead;
		counters.bytesTotal = all[0]!.bytesTotal;
		counters.packets = all.reduce((sum, { packets }) => sum + packets, 0);
		counters.malformed.clear();
		for (const { malformed } of all) {
			for (const [reason, times] of malformed) countMalformed(counters, reason, times);
		}
		for (const [i, { warnings }] of all.entries()) {
			counters.warnings.push(...warnings.slice(this.#forwarded[i]));
			this.#forwarded[i] = warnings.length;
		}
	}
}
