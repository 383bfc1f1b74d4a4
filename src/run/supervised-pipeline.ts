import { setTimeout as sleep } from "node:timers/promises";
import { HEALTHY, type Health } from "../bytes/component.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { failureAt, type RunFailure } from "./failure.ts";
import type { Outlets } from "./outlets.ts";
import type { Pipeline } from "./pipeline.ts";
import type { PipelineSpec, PipelineStatus } from "./pipeline-status.ts";
import type { PipelineThreads } from "./pipeline-threads.ts";
import type { RunObserver } from "./run-observer.ts";
import { runPipeline } from "./run-pipeline.ts";

/** How long a failed pipeline waits before it is started again: twice as long each time, in ms. */
export interface Backoff {
	readonly first: number;
	readonly last: number;
	/** A pipeline that ran for so long before it failed waits as after its first failure. */
	readonly forgetAfter: number;
}

export const DEFAULT_BACKOFF: Backoff = { first: 1000, last: 60_000, forgetAfter: 60_000 };

export interface Supervision {
	readonly threads: PipelineThreads;
	readonly outlets: Outlets;
	readonly observer: RunObserver;
	readonly backoff: Backoff;
}

/** One pipeline that is kept running until it ends by itself or is stopped. It starts when it is made. */
export class SupervisedPipeline {
	readonly spec: PipelineSpec;
	readonly #supervision: Supervision;
	readonly #end = new AbortController();
	readonly #done: Promise<void>;
	#state: PipelineStatus["state"] = "starting";
	#pipeline: Pipeline | undefined;
	#failure: RunFailure | undefined;
	#restarts = 0;

	constructor(spec: PipelineSpec, supervision: Supervision) {
		this.spec = spec;
		this.#supervision = supervision;
		this.#done = this.#keepRunning();
	}

	status(): PipelineStatus {
		const { thread } = this.#pipeline ?? {};
		return {
			input: this.spec.input,
			...(thread !== undefined && { thread }),
			state: this.#state,
			health: this.#health(),
			counters: this.#pipeline?.counters,
			restarts: this.#restarts,
		};
	}

	/** Resolves when what was received is decided and written. */
	async stop(): Promise<void> {
		this.#end.abort();
		await this.#done;
	}

	async #keepRunning(): Promise<void> {
		const { backoff, observer } = this.#supervision;
		let wait = backoff.first;
		while (!this.#end.signal.aborted) {
			const started = performance.now();
			const failure = await this.#run();
			this.#failure = failure;
			if (failure === undefined) break;
			// An output that ends the run has ended it for all pipelines, and is told where the outputs are closed.
			if (failure.place === "sink") break;
			observer.failed?.(failure);
			if (performance.now() - started >= backoff.forgetAfter) wait = backoff.first;
			this.#state = "waiting";
			await sleep(wait, undefined, { signal: this.#end.signal }).catch(() => {});
			wait = Math.min(2 * wait, backoff.last);
			this.#restarts++;
		}
		this.#state = "ended";
	}

	async #run(): Promise<RunFailure | undefined> {
		const { threads, outlets, observer } = this.#supervision;
		const { input, options } = this.spec;
		this.#state = "starting";
		try {
			this.#pipeline = await threads.open({ name: input }, options);
		} catch (error) {
			return failureAt("source", input, error);
		}
		if (this.#pipeline === undefined) return undefined;
		this.#state = "running";
		this.#failure = undefined;
		const failure = await runPipeline({ pipeline: this.#pipeline, outlets, observer, signal: this.#end.signal });
		return failure ?? this.#unaskedEnd(this.#pipeline);
	}

	/** What captures on an interface was killed, or the interface is gone: its flows are judged, and it is to be started again. */
	#unaskedEnd({ isLive, isCapture }: Pipeline): RunFailure | undefined {
		if (!isLive || !isCapture || this.#end.signal.aborted) return undefined;
		return failureAt("source", this.spec.input, new DeCryptoError("capture-tool", "the capture has ended by itself"));
	}

	#health(): Health {
		if (this.#failure === undefined) return this.#pipeline?.health() ?? HEALTHY;
		return { state: "failed", reason: this.#failure.message };
	}
}
