import type { EventLoopUtilization } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import { siblingModule } from "../bytes/sibling-module.ts";
import type { NamedInput } from "../input/input-list.ts";
import { failureAt } from "./failure.ts";
import { errorOf } from "./failure-message.ts";
import { JobChannel } from "./job-channel.ts";
import type { ReadOptions } from "./metering-purpose.ts";
import type { DecisionOrder, Job, PipelineOrder, PipelineReport } from "./pipeline-messages.ts";
import { ThreadPipeline } from "./thread-pipeline.ts";

export interface OpenOnThread {
	/** What comes after an input of a directory; rotations are the thread's own. */
	readonly next?: NamedInput | undefined;
	readonly givesEmpty?: boolean;
}

/**
 * A thread that runs pipelines, of files one after the other: reading, metering and deciding go on there, and only what is reported
 * comes here. It begins to load at once, and ends when disposed.
 */
export class PipelineThread implements AsyncDisposable {
	readonly #worker = new Worker(siblingModule(import.meta.url, "pipeline-worker"));
	readonly #channels = new Map<number, JobChannel>();
	readonly #decisions = new Map<number, (failure?: Error) => void>();
	#numbers = 0;
	#ended: DeCryptoError | undefined;
	/** From 0, for people. */
	readonly place: number;

	constructor(place = 0) {
		this.place = place;
		this.#worker.on("message", (report: PipelineReport) => this.#take(report));
		this.#worker.on("error", (error) => this.#end(reasonOf(error)));
		this.#worker.on("exit", () => this.#end("it has exited"));
	}

	/** Jobs that have not ended. */
	get load(): number {
		return this.#channels.size;
	}

	/** The time in which it worked and waited since it began, for `performance.eventLoopUtilization`. */
	utilisation(): EventLoopUtilization {
		return this.#worker.performance.eventLoopUtilization();
	}

	/** Whether the thread has ended by itself. */
	get isBroken(): boolean {
		return this.#ended !== undefined;
	}

	/** How it decides from the next batch on. Rejects where no such detector can be made, and then decides as before. */
	async decideBy(decision: DecisionOrder): Promise<void> {
		const number = this.#numbers++;
		const ready = new Promise<void>((resolve, reject) => {
			this.#decisions.set(number, (failure) => (failure ? reject(failure) : resolve()));
		});
		if (this.#ended) throw this.#ended;
		this.#tell({ kind: "decide", number, decision });
		return ready;
	}

	/** As `openInput`, which is what the thread does: the same inputs, the same errors. A file waits for those before it. */
	async open(input: NamedInput, options: ReadOptions, rest: OpenOnThread = {}): Promise<ThreadPipeline | undefined> {
		if (this.#ended) throw this.#ended;
		const { warn, metering, ...others } = options;
		const { rotation: _here, ...meteringThere } = metering;
		const number = this.#numbers++;
		const job: Job = {
			number,
			input,
			next: rest.next,
			options: { ...others, metering: meteringThere },
			givesEmpty: rest.givesEmpty ?? false,
		};
		const channel = new JobChannel();
		this.#channels.set(number, channel);
		this.#tell({ kind: "job", job });
		for (;;) {
			const report = await channel.next();
			if (report.kind === "warning") warn?.(report.line);
			if (report.kind === "failed") throw failureAt(report.place, input.name, errorOf(report.failure));
			if (report.kind === "unknown") return undefined;
			if (report.kind !== "opened") continue;
			const tell = (order: PipelineOrder): void => this.#tell(order);
			return new ThreadPipeline({ number, channel, thread: this.place, input: input.name, tell, warn }, report);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#worker.terminate();
	}

	#tell(order: PipelineOrder): void {
		this.#worker.postMessage(order);
	}

	#take(report: PipelineReport): void {
		if (report.kind === "ready") {
			const { number, failure } = report;
			this.#decisions.get(number)?.(failure && errorOf(failure));
			this.#decisions.delete(number);
			return;
		}
		this.#channels.get(report.job)?.push(report);
		if (report.kind === "ended" || report.kind === "failed" || report.kind === "unknown")
			this.#channels.delete(report.job);
	}

	#end(reason: string): void {
		this.#ended ??= new DeCryptoError("thread", `the thread that ran the pipeline has ended: ${reason}`);
		for (const channel of this.#channels.values()) channel.fail(this.#ended);
		for (const settle of this.#decisions.values()) settle(this.#ended);
		this.#channels.clear();
		this.#decisions.clear();
	}
}
