import { on } from "node:events";
import { Worker } from "node:worker_threads";
import { createCounters, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { mirrorCounters } from "../bytes/mirror-counters.ts";
import { siblingModule } from "../bytes/sibling-module.ts";
import { type FlowColumns, transferablesOf } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { NamedInput } from "../input/input-list.ts";
import type { OpenedInput } from "../input/input-options.ts";
import { errorOf } from "./failure-message.ts";
import type { ReadOptions } from "./metering-purpose.ts";
import type { SourceOrder, SourceReport } from "./source-messages.ts";

/**
 * A thread that inputs are read on, one after the other: reading, unpacking, parsing and metering go on there while the
 * flows are judged here. Batches change hands without being copied. It begins to load at once, and ends when disposed.
 */
export class SourceThread implements AsyncDisposable {
	readonly #worker = new Worker(siblingModule(import.meta.url, "source-worker"));
	readonly #reports = on(this.#worker, "message", { close: ["exit"] }) as AsyncIterator<[SourceReport]>;
	#current: ThreadedSource | undefined;

	/**
	 * As {@link openInput}, which is what the thread does: the same inputs, the same errors. `next` comes after an input of a
	 * directory; rotations are the thread's own.
	 */
	async open(
		input: NamedInput,
		{ warn, metering: { rotation: _here, ...metering }, ...options }: ReadOptions,
		next?: NamedInput,
	): Promise<OpenedInput | undefined> {
		await this.#current?.[Symbol.asyncDispose]();
		this.tell({ kind: "open", input, next, options: { ...options, metering } });
		for (;;) {
			const report = await this.next(input.name);
			if (report.kind === "warning") warn?.(report.line);
			if (report.kind === "failed") throw errorOf(report.failure);
			if (report.kind === "unknown") return undefined;
			if (report.kind !== "opened") continue;
			const { name, inputKind, isCapture, isLive, counters } = report;
			this.#current = new ThreadedSource(name, this, counters, warn);
			return { source: this.#current, kind: inputKind, isCapture, isLive };
		}
	}

	tell(order: SourceOrder): void {
		this.#worker.postMessage(order);
	}

	/** A batch was used up: its memory goes back to the thread, which makes the next ones in it. */
	giveBack(flows: FlowColumns): void {
		const buffers = transferablesOf(flows);
		this.#worker.postMessage({ kind: "more", buffers } satisfies SourceOrder, buffers);
	}

	/** The thread's next report. `name` is what it reads, for the error where the thread itself fails. */
	async next(name: string): Promise<SourceReport> {
		try {
			const { done, value } = await this.#reports.next();
			if (!done) return value[0];
		} catch (error) {
			throw inContext(name, error);
		}
		throw new DeCryptoError("thread", `${name}: the thread that read it has ended`);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#worker.terminate();
	}
}

/** What the thread reads, as any other source. Its counters are those of the thread when it sent its last report. */
class ThreadedSource implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #thread: SourceThread;
	readonly #warn: ReadOptions["warn"];
	#ended = false;

	constructor(name: string, thread: SourceThread, counters: SourceCounters, warn: ReadOptions["warn"]) {
		this.name = name;
		this.#thread = thread;
		this.#warn = warn;
		mirrorCounters(counters, this.counters);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		while (!this.#ended) {
			const report = await this.#next();
			if (report.kind === "failed") throw errorOf(report.failure);
			if (report.kind !== "flows") continue;
			yield report.flows;
			this.#thread.giveBack(report.flows);
		}
	}

	stop(): void {
		if (!this.#ended) this.#thread.tell({ kind: "stop" });
	}

	/** The thread has closed the input when this resolves. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.#ended) this.#thread.tell({ kind: "drop" });
		while (!this.#ended) await this.#next();
	}

	async #next(): Promise<SourceReport> {
		try {
			const report = await this.#thread.next(this.name);
			if ("counters" in report && report.counters) mirrorCounters(report.counters, this.counters);
			if (report.kind === "warning") this.#warn?.(report.line);
			this.#ended = report.kind === "ended" || report.kind === "failed";
			return report;
		} catch (error) {
			this.#ended = true;
			throw error;
		}
	}
}
