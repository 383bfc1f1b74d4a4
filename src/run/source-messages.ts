import type { SourceCounters } from "../bytes/counters.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { NamedInput } from "../input/input-list.ts";
import type { FailureMessage } from "./failure-message.ts";
import type { ReadOptions } from "./metering-purpose.ts";

/** What the thread that reads is told. One input is read at a time. */
export type SourceOrder =
	| {
			readonly kind: "open";
			readonly input: NamedInput;
			/** What comes after an input of a directory, as far as is known: flows may go on in it. */
			readonly next: NamedInput | undefined;
			readonly options: Omit<ReadOptions, "warn">;
	  }
	/** A batch was used up: one more may be sent, and this is its memory back. */
	| { readonly kind: "more"; readonly buffers: readonly ArrayBuffer[] }
	| { readonly kind: "stop" }
	/** Nobody wants the rest: stop, and send no more batches. */
	| { readonly kind: "drop" };

/** What it answers: opened, then batches and the like, then ended; or failed at any point; or unknown and nothing else. */
export type SourceReport =
	| {
			readonly kind: "opened";
			readonly name: string;
			readonly inputKind: string;
			readonly isCapture: boolean;
			readonly isLive: boolean;
			readonly counters: SourceCounters;
	  }
	/** Found in a directory, and of no kind that can be read. */
	| { readonly kind: "unknown" }
	| { readonly kind: "flows"; readonly flows: FlowColumns; readonly counters: SourceCounters }
	| { readonly kind: "counters"; readonly counters: SourceCounters }
	| { readonly kind: "warning"; readonly line: string }
	| { readonly kind: "ended"; readonly counters: SourceCounters }
	| { readonly kind: "failed"; readonly failure: FailureMessage; readonly counters: SourceCounters | undefined };

/** Batches on their way at a time: one being judged, one waiting, one being made. Bounds the memory. */
export const BATCHES_UNDERWAY = 3;
