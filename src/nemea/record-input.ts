import type { SourceCounters } from "../bytes/counters.ts";
import type { RecordBatch } from "./record-batch.ts";

/** Where UniRec records come from: a file, several, a socket. The template may change from one batch to the next. */
export interface RecordInput extends AsyncIterable<RecordBatch> {
	/** As the user named it. */
	readonly name: string;
	readonly counters: SourceCounters;
	/** Finish what was received, then end. */
	stop(): void;
}
