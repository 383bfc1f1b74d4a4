import type { SourceCounters } from "../bytes/counters.ts";
import type { BufferOptions } from "../detect/buffer.ts";
import type { NamedInput } from "../input/input-list.ts";
import type { CompactBatch } from "./compact-batch.ts";
import type { DetectorRecipe } from "./detector-recipe.ts";
import type { FailurePlace } from "./failure.ts";
import type { FailureMessage } from "./failure-message.ts";
import type { ReadOptions } from "./metering-purpose.ts";
import type { DecisionCounters } from "./pipeline.ts";

/** One input for the thread to take through its detector. */
export interface Job {
	readonly number: number;
	readonly input: NamedInput;
	/** What comes after an input of a directory, as far as is known: flows may go on in it. */
	readonly next: NamedInput | undefined;
	readonly options: Omit<ReadOptions, "warn">;
	/** Give a batch for every round of packets, be it empty: those of shards are put in order by them. */
	readonly givesEmpty: boolean;
}

/** How the thread decides, from the next batch on. */
export interface DecisionOrder {
	readonly recipe: DetectorRecipe;
	readonly wantsDissents: boolean;
	readonly wantsPushes?: boolean;
	/** The buffer between source and detector, for inputs that are opened from now on. */
	readonly buffer?: BufferOptions;
}

/** Files are read one after the other, in the order in which they come; inputs without an end beside them, at once. */
export type PipelineOrder =
	| { readonly kind: "decide"; readonly number: number; readonly decision: DecisionOrder }
	| { readonly kind: "job"; readonly job: Job }
	/** So many reported flows were used up: as many more may be sent. */
	| { readonly kind: "taken"; readonly job: number; readonly flows: number }
	| { readonly kind: "stop"; readonly job: number }
	/** Nobody wants the rest: stop, and send no more batches. */
	| { readonly kind: "drop"; readonly job: number };

export interface JobCounters {
	readonly source: SourceCounters;
	readonly decided: DecisionCounters;
}

/** For each job: opened, then batches and the like, then ended; or failed at any point; or unknown and nothing else. */
export type PipelineReport =
	| { readonly kind: "ready"; readonly number: number; readonly failure?: FailureMessage }
	| {
			readonly kind: "opened";
			readonly job: number;
			readonly name: string;
			readonly isCapture: boolean;
			readonly isLive: boolean;
			readonly counters: JobCounters;
	  }
	/** Found in a directory, and of no kind that can be read. */
	| { readonly kind: "unknown"; readonly job: number }
	| { readonly kind: "batch"; readonly job: number; readonly batch: CompactBatch; readonly counters: JobCounters }
	| { readonly kind: "counters"; readonly job: number; readonly counters: JobCounters }
	| { readonly kind: "warning"; readonly job: number; readonly line: string }
	| { readonly kind: "ended"; readonly job: number; readonly counters: JobCounters }
	| {
			readonly kind: "failed";
			readonly job: number;
			readonly place: FailurePlace;
			readonly failure: FailureMessage;
			readonly counters: JobCounters | undefined;
	  };

/** Reported flows of one job on their way at a time: bounds the memory. */
export const FLOWS_UNDERWAY = 1 << 14;
