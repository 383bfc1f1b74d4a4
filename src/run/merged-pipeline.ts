import { HEALTHY, type Health } from "../bytes/component.ts";
import { createCounters } from "../bytes/counters.ts";
import { sumCounters } from "../bytes/mirror-counters.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";
import { type CompactBatch, decidedBatchOf } from "./compact-batch.ts";
import { createDecisionCounters, type Pipeline, type PipelineCounters } from "./pipeline.ts";
import type { ThreadPipeline } from "./thread-pipeline.ts";

/**
 * A capture whose shards of address pairs are judged by the detectors of several threads. Their batches are merged in
 * rotation, as long as a thread has any. Each thread makes one batch per fixed number of packets of the capture, so
 * order and numbers depend on the packets alone.
 */
export class MergedPipeline implements Pipeline {
	readonly name: string;
	readonly isCapture: boolean;
	readonly isLive: boolean;
	readonly #shards: readonly ThreadPipeline[];
	readonly #counters: PipelineCounters = { source: createCounters(), decided: createDecisionCounters() };

	constructor(shards: readonly ThreadPipeline[]) {
		const [first] = shards;
		this.name = first!.name;
		this.isCapture = first!.isCapture;
		this.isLive = first!.isLive;
		this.#shards = shards;
	}

	/** Those of all shards. */
	get counters(): PipelineCounters {
		const { source, decided } = this.#counters;
		const all = this.#shards.map((shard) => shard.counters);
		sumCounters(
			all.map((counters) => counters.source),
			source,
		);
		const sum = (of: (counters: PipelineCounters) => number): number => all.reduce((total, one) => total + of(one), 0);
		decided.flows = sum(({ decided }) => decided.flows);
		decided.minerFlows = sum(({ decided }) => decided.minerFlows);
		decided.notJudgedByShape = sum(({ decided }) => decided.notJudgedByShape);
		for (const reason of decided.byReason.keys())
			decided.byReason[reason] = sum(({ decided }) => decided.byReason[reason]!);
		return this.#counters;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<DecidedBatch> {
		const iterators = this.#shards.map((shard) => shard.crossing());
		try {
			let going: AsyncGenerator<CompactBatch>[] = iterators;
			let index = 0;
			while (going.length > 0) {
				const goOn: typeof going = [];
				for (const shard of going) {
					const { done, value } = await shard.next();
					if (done) continue;
					goOn.push(shard);
					const batch = decidedBatchOf(this.name, value, index - value.firstIndex);
					index += value.decided;
					if (batch !== undefined) yield batch;
				}
				going = goOn;
			}
		} finally {
			for (const shard of iterators) await shard.return(undefined);
		}
	}

	health(): Health {
		return this.#shards.map((shard) => shard.health()).find(({ state }) => state !== "ok") ?? HEALTHY;
	}

	stop(): void {
		for (const shard of this.#shards) shard.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.allSettled(this.#shards.map((shard) => shard[Symbol.asyncDispose]()));
	}
}
