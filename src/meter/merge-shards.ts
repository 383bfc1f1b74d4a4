import { createCounters, type SourceCounters } from "../bytes/counters.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";

/**
 * The flows of a capture that two meters read side by side, each its shard: the first's batch of every round, then the
 * second's. The order depends on the packets alone, and flows between two addresses are in the order of one meter.
 * What both count (bytes, packets, packets that make no flow) is told as the first has it.
 */
export function mergeShards(first: FlowSource, second: FlowSource): FlowSource {
	return new MergedShards(first, second);
}

class MergedShards implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #shards: readonly [FlowSource, FlowSource];

	constructor(first: FlowSource, second: FlowSource) {
		this.name = first.name;
		this.#shards = [first, second];
		this.#count();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const shards = this.#shards.map((shard) => shard[Symbol.asyncIterator]());
		const hasEnded = [false, false];
		try {
			while (hasEnded.includes(false)) {
				for (const [i, shard] of shards.entries()) {
					if (hasEnded[i]) continue;
					const { done, value } = await shard.next();
					this.#count();
					if (done) hasEnded[i] = true;
					else if (value.length > 0) {
						const firstIndex = this.counters.flows;
						this.counters.flows += value.length;
						yield { ...value, firstIndex };
					}
				}
			}
		} finally {
			for (const shard of shards) await shard.return?.();
		}
	}

	stop(): void {
		for (const shard of this.#shards) shard.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const shard of this.#shards) await shard[Symbol.asyncDispose]();
	}

	#count(): void {
		const { counters } = this;
		const [first, second] = this.#shards;
		counters.bytesRead = first.counters.bytesRead;
		counters.bytesTotal = first.counters.bytesTotal;
		counters.packets = first.counters.packets;
		for (const [reason, times] of first.counters.malformed) counters.malformed.set(reason, times);
		for (const warning of [...first.counters.warnings, ...second.counters.warnings]) {
			if (!counters.warnings.includes(warning)) counters.warnings.push(warning);
		}
	}
}
