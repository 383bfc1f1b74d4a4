import type { RunFailure } from "./failure.ts";
import { failureAt } from "./failure.ts";
import type { Outlets } from "./outlets.ts";
import type { Pipeline } from "./pipeline.ts";
import type { RunObserver } from "./run-observer.ts";
import type { Tally } from "./tally.ts";

export interface PipelineRun {
	readonly pipeline: Pipeline;
	readonly outlets: Outlets;
	readonly tally?: Tally;
	readonly observer?: RunObserver;
	/** Aborting it stops the pipeline in good order: what was received is still decided and written. */
	readonly signal?: AbortSignal;
}

/**
 * Takes one pipeline to its end, and disposes it. Resolves with the failure that ended it, if one did: a `SourceFailure`,
 * `DetectorFailure`, or the `SinkFailure` of an output that stops the run, which the other pipelines of the run meet, too.
 * Never rejects.
 */
export async function runPipeline(run: PipelineRun): Promise<RunFailure | undefined> {
	const { pipeline, outlets, tally, observer = {}, signal } = run;
	const { source } = pipeline.counters;
	const stop = (): void => pipeline.stop();
	if (signal?.aborted) stop();
	signal?.addEventListener("abort", stop);
	observer.inputOpened?.(pipeline.name, source);
	let failure: RunFailure | undefined;
	try {
		for await (const batch of pipeline) {
			tally?.decided(batch);
			observer.progressed?.();
			await outlets.write(batch);
		}
	} catch (error) {
		failure = failureAt("source", pipeline.name, error);
	}
	signal?.removeEventListener("abort", stop);
	const failureAtEnd = await disposed(pipeline);
	for (const warning of source.warnings) observer.warned?.(warning);
	tally?.inputEnded(pipeline.counters);
	observer.inputEnded?.(pipeline.name, source);
	return failure ?? failureAtEnd;
}

async function disposed(pipeline: Pipeline): Promise<RunFailure | undefined> {
	try {
		await pipeline[Symbol.asyncDispose]();
		return undefined;
	} catch (error) {
		return failureAt("source", pipeline.name, error);
	}
}
