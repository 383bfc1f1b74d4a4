import { createCounters, type SourceCounters } from "../bytes/counters.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { LogTarget } from "./log-reader.ts";
import { logTarget } from "./log-source.ts";

/**
 * Reads what has come into `target`, and gives control back from time to time: each step may be followed by a batch. Ends
 * when `signal` is aborted.
 */
export type LogFeed = (target: LogTarget, signal: AbortSignal) => AsyncIterable<void>;

/** The flows of a log that goes on until it is stopped. */
export class LiveLog implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #feed: LogFeed;
	readonly #stopping = new AbortController();

	constructor(name: string, feed: LogFeed) {
		this.name = name;
		this.#feed = feed;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const target = logTarget(this.counters);
		const { builder } = target;
		for await (const _step of this.#feed(target, this.#stopping.signal)) {
			if (builder.length === 0) continue;
			this.counters.flows += builder.length;
			yield builder.columns();
			builder.clear();
		}
	}

	stop(): void {
		this.#stopping.abort();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
	}
}
