import { PipelineThreads } from "../run/pipeline-threads.ts";
import { SourceThreads } from "../run/source-threads.ts";
import type { DetectFlags } from "./detect-flags.ts";

/**
 * The threads that `--threads` asks for, already loading. Where every flow is needed on this thread they read and meter;
 * else they decide, too, and only what is reported comes here.
 */
export type DetectThreads = SourceThreads | PipelineThreads;

export function startThreads(flags: DetectFlags): DetectThreads {
	return needsEveryFlow(flags) ? new SourceThreads(flags.threads - 1) : new PipelineThreads(flags.threads);
}

/** `-v` counts all verdicts, `--all` reports them. */
function needsEveryFlow({ verifyMode, all }: DetectFlags): boolean {
	return verifyMode === true || all === true;
}
