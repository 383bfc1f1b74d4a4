/** Why a flow is reported; the numbers are the original's REASON, but for `CACHE`, which leaves as 3 in UniRec. */
export const REASON = { NONE: 0, STRATUM: 1, DST: 2, ML: 3, CACHE: 4 } as const;
export type Reason = (typeof REASON)[keyof typeof REASON];

/** What NDJSON and the table call the reasons, by number. */
export const REASON_NAMES: readonly string[] = ["none", "stratum", "dst", "ml", "cache"];

/** What the detector decided on one batch. Arrays may be longer than `length`. */
export interface Verdicts {
	/** Flows of the batch. */
	readonly length: number;
	/** One of {@link REASON} for each flow; `NONE` is no miner. */
	readonly reasons: Uint8Array;
	/** The forest's probability, NaN where it was not asked, did not judge, or left early with its decision made. */
	readonly probabilities: Float64Array;
	/** The pignistic probability after combination, NaN where nothing was combined. */
	readonly scores: Float64Array;
	/** Flows found to be miners, as positions in the batch, in the order in which they are reported; `minerCount` of them. */
	readonly miners: Uint32Array;
	readonly minerCount: number;
	/** Flows left out of judgement altogether: prefilter under `--compat`, or `-f`. 1 for each such flow. */
	readonly skipped: Uint8Array;
}
