import { HEALTHY, type Health } from "../bytes/component.ts";
import { createCounters } from "../bytes/counters.ts";
import { mirrorCounters } from "../bytes/mirror-counters.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";
import { type CompactBatch, decidedBatchOf } from "./compact-batch.ts";
import { failureAt, type RunFailure } from "./failure.ts";
import { errorOf } from "./failure-message.ts";
import type { JobChannel } from "./job-channel.ts";
import { createDecisionCounters, type Pipeline, type PipelineCounters } from "./pipeline.ts";
import type { JobCounters, PipelineOrder, PipelineReport } from "./pipeline-messages.ts";

export interface JobOnThread {
	readonly number: number;
	readonly channel: JobChannel;
	/** The place of the thread. */
	readonly thread: number;
	/** The input's name as the user gave it. */
	readonly input: string;
	tell(order: PipelineOrder): void;
	readonly warn: ((line: string) => void) | undefined;
}

/** A pipeline that runs on another thread. Its counters are those of the thread when it sent its last report. */
export class ThreadPipeline implements Pipeline {
	readonly name: string;
	readonly isCapture: boolean;
	readonly isLive: boolean;
	readonly thread: number;
	readonly counters: PipelineCounters = { source: createCounters(), decided: createDecisionCounters() };
	readonly #job: JobOnThread;
	#ended = false;
	#health: Health = HEALTHY;

	constructor(job: JobOnThread, opened: PipelineReport & { readonly kind: "opened" }) {
		this.name = job.input;
		this.isCapture = opened.isCapture;
		this.isLive = opened.isLive;
		this.thread = job.thread;
		this.#job = job;
		this.#mirror(opened.counters);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<DecidedBatch> {
		for await (const crossed of this.crossing()) {
			const batch = decidedBatchOf(this.name, crossed);
			if (batch !== undefined) yield batch;
		}
	}

	/** The batches as they cross, also those without anything to report if the thread was asked for them. */
	async *crossing(): AsyncGenerator<CompactBatch> {
		while (!this.#ended) {
			const report = await this.#next();
			if (report.kind === "failed") throw this.#failed(failureAt(report.place, this.name, errorOf(report.failure)));
			if (report.kind !== "batch") continue;
			yield report.batch;
			const flows = report.batch.reported?.indices.length ?? 0;
			if (flows > 0) this.#taken(flows);
		}
	}

	health(): Health {
		return this.#health;
	}

	stop(): void {
		if (!this.#ended) this.#job.tell({ kind: "stop", job: this.#job.number });
	}

	/** The thread has closed the input when this resolves. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.#ended) this.#job.tell({ kind: "drop", job: this.#job.number });
		while (!this.#ended) {
			const report = await this.#next();
			const flows = report.kind === "batch" ? (report.batch.reported?.indices.length ?? 0) : 0;
			if (flows > 0) this.#taken(flows);
		}
	}

	async #next(): Promise<PipelineReport> {
		try {
			const report = await this.#job.channel.next();
			if ("counters" in report && report.counters) this.#mirror(report.counters);
			if (report.kind === "warning") this.#job.warn?.(report.line);
			this.#ended = report.kind === "ended" || report.kind === "failed";
			return report;
		} catch (error) {
			this.#ended = true;
			throw this.#failed(failureAt("source", this.name, error));
		}
	}

	#taken(flows: number): void {
		this.#job.tell({ kind: "taken", job: this.#job.number, flows });
	}

	#mirror({ source, decided }: JobCounters): void {
		mirrorCounters(source, this.counters.source);
		Object.assign(this.counters.decided, decided);
	}

	#failed(failure: RunFailure): RunFailure {
		this.#health = { state: "failed", reason: failure.message };
		return failure;
	}
}
