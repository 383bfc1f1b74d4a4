import type { SourceCounters } from "../bytes/counters.ts";
import type { RunFailure } from "./failure.ts";

/** What a run tells while it goes on: for progress, logs and exit codes. Nothing here changes what the run does. */
export interface RunObserver {
	inputOpened?(name: string, counters: SourceCounters): void;
	/** A batch was decided. */
	progressed?(): void;
	/** An output is about to be written: a progress line must leave the terminal. */
	beforeWrite?(): void;
	/** What a person should know, each line once. */
	warned?(line: string): void;
	/** Each failure once. */
	failed?(failure: RunFailure): void;
	/** The input has ended, whether it failed or not. */
	inputEnded?(name: string, counters: SourceCounters): void;
}
