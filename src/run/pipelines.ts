import { HEALTHY, type Health } from "../bytes/component.ts";
import { UsageError } from "../bytes/error.ts";
import { makeDetector } from "./detector-recipe.ts";
import type { Outlets } from "./outlets.ts";
import type { DecisionOrder } from "./pipeline-messages.ts";
import type { PipelineSpec, PipelineStatus } from "./pipeline-status.ts";
import type { PipelineThreads } from "./pipeline-threads.ts";
import type { RunObserver } from "./run-observer.ts";
import { type Backoff, DEFAULT_BACKOFF, SupervisedPipeline } from "./supervised-pipeline.ts";

export interface PipelinesOptions {
	readonly threads: PipelineThreads;
	readonly outlets: Outlets;
	readonly observer?: RunObserver;
	readonly backoff?: Backoff;
}

/**
 * The pipelines of a daemon: added, removed, started again and given another detector while the others go on. A pipeline that
 * fails is told, counted and started again, later each time; it does not affect the others.
 */
export class Pipelines implements AsyncDisposable {
	readonly #pipelines = new Map<string, SupervisedPipeline>();
	readonly #options: PipelinesOptions;

	constructor(options: PipelinesOptions) {
		this.#options = options;
	}

	/**
	 * How all pipelines decide, from their next batches on; to be called before the first is added. What cannot be used is
	 * thrown, and nothing changes then.
	 */
	async decideBy(decision: DecisionOrder): Promise<void> {
		makeDetector(decision.recipe);
		await this.#options.threads.decideBy(decision);
	}

	/** Starts the pipeline. Throws a `UsageError` where its input has one already. */
	add(spec: PipelineSpec): void {
		const { input } = spec;
		if (this.#pipelines.has(input)) throw new UsageError(`${input}: the input is named twice`);
		const { threads, outlets, observer = {}, backoff = DEFAULT_BACKOFF } = this.#options;
		this.#pipelines.set(input, new SupervisedPipeline(spec, { threads, outlets, observer, backoff }));
	}

	/** Stops the pipeline; resolves when what it had received is decided and written. Does nothing for one that is not there. */
	async remove(input: string): Promise<void> {
		const pipeline = this.#pipelines.get(input);
		this.#pipelines.delete(input);
		await pipeline?.stop();
	}

	/** Stops the pipeline in good order and starts it again. */
	async restart(input: string): Promise<void> {
		const pipeline = this.#pipelines.get(input);
		if (pipeline === undefined) throw new UsageError(`${input}: there is no such input`);
		await this.remove(input);
		this.add(pipeline.spec);
	}

	statuses(): PipelineStatus[] {
		return [...this.#pipelines.values()].map((pipeline) => pipeline.status());
	}

	/** The worst of all pipelines. */
	health(): Health {
		const all = this.statuses().map(({ health }) => health);
		return all.find(({ state }) => state === "failed") ?? all.find(({ state }) => state === "degraded") ?? HEALTHY;
	}

	/** Stops all pipelines in good order; outputs and threads are the caller's to close. */
	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all([...this.#pipelines.keys()].map((input) => this.remove(input)));
	}
}
