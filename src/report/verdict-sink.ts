import type { Explanation } from "../detect/explanation.ts";
import type { Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Totals } from "./totals.ts";

/** A batch that was decided, on its way out. */
export interface DecidedBatch {
	/** The input's name as the user gave it. */
	readonly input: string;
	readonly flows: FlowColumns;
	readonly verdicts: Verdicts;
	/** Positions in the batch of the flows to report, in order: the miners, or every flow that was judged. */
	readonly reported: Uint32Array;
	/** Why flow i was decided as it was; made on demand, for reported flows only. */
	explain(i: number): Explanation;
}

/** Where verdicts go. Batches come in the order of the input and are valid until `write` resolves. */
export interface VerdictSink {
	/** It tells the totals; others are not counted up for what only they need. */
	readonly tellsTotals?: true;
	write(batch: DecidedBatch): Promise<void>;
	/** Ends the output; the totals are those of the whole run. */
	close(totals: Totals): Promise<void>;
}
