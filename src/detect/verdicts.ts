import type { DetectOptions } from "./options.ts";

/** Reasons for a report; the numbers are the original's REASON, except for `CACHE`, which is 3 in UniRec. */
export const REASON = { NONE: 0, STRATUM: 1, DST: 2, ML: 3, CACHE: 4 } as const;

/** Names of the reasons in NDJSON and in the table, by number. */
export const REASON_NAMES: readonly string[] = ["none", "stratum", "dst", "ml", "cache"];

/**
 * The decisions on one batch. Arrays may be longer than `length`; they belong to the pipeline and are valid until its
 * next batch.
 */
export interface Verdicts {
	/** Flows of the batch. */
	readonly length: number;
	/** One of {@link REASON} for each flow; `NONE` if it is not mining. */
	readonly reasons: Uint8Array;
	/**
	 * The signal that decided each flow either way, as one of {@link REASON}; `NONE` if none could. Verify mode counts
	 * by it.
	 */
	readonly decidedBy: Uint8Array;
	/** The forest's probability; NaN if it was not evaluated, could not judge, or stopped early after its decision. */
	readonly probabilities: Float64Array;
	/** The pignistic probability after combination; NaN if nothing was combined or it was not needed. */
	readonly scores: Float64Array;
	/**
	 * For flows decided by the cache: the time at which their conversation was decided, µs since the epoch in flow
	 * time; else NaN.
	 */
	readonly decidedAt: Float64Array;
	/** Counts of the flow's pair of hosts, if the detector requires agreement (`--conversations`). */
	readonly agreement?: Agreement;
	/** Flows found to be miners, as positions in the batch, in the order in which they are reported; `minerCount` of them. */
	readonly miners: Uint32Array;
	readonly minerCount: number;
	/** Flows excluded from judgement: prefilter and broken lists under `--compat`, or `-f`. 1 for each such flow. */
	readonly skipped: Uint8Array;
}

/** Flows between the two hosts of each flow so far, including itself; 0 if the flow was not judged. */
export interface Agreement {
	readonly judged: Uint32Array;
	/** The number of them found to be mining. */
	readonly agreeing: Uint32Array;
}

/** Verdict columns that are reused from batch to batch. */
export class VerdictColumns implements Verdicts {
	length = 0;
	reasons = new Uint8Array(0);
	decidedBy = new Uint8Array(0);
	probabilities = new Float64Array(0);
	scores = new Float64Array(0);
	decidedAt = new Float64Array(0);
	miners = new Uint32Array(0);
	minerCount = 0;
	skipped = new Uint8Array(0);
	agreement?: Agreement;
	readonly #asksAgreement: boolean;

	/** For the batches of one pipeline with these options. */
	constructor({ conversations }: Partial<DetectOptions> = {}) {
		this.#asksAgreement = conversations !== undefined;
		if (this.#asksAgreement) this.agreement = { judged: new Uint32Array(0), agreeing: new Uint32Array(0) };
	}

	/** Prepares the columns for a batch and clears the last one. */
	reset(length: number): void {
		this.length = length;
		this.minerCount = 0;
		if (length > this.reasons.length) this.#makeRoom(length + (length >> 1));
		this.reasons.fill(0, 0, length);
		this.decidedBy.fill(0, 0, length);
		this.skipped.fill(0, 0, length);
		this.probabilities.fill(NaN, 0, length);
		this.scores.fill(NaN, 0, length);
		this.decidedAt.fill(NaN, 0, length);
		this.agreement?.judged.fill(0, 0, length);
		this.agreement?.agreeing.fill(0, 0, length);
	}

	/** Lists the miners in input order. */
	listMiners(): void {
		let count = 0;
		for (let i = 0; i < this.length; i++) if (this.reasons[i] !== REASON.NONE) this.miners[count++] = i;
		this.minerCount = count;
	}

	#makeRoom(capacity: number): void {
		this.reasons = new Uint8Array(capacity);
		this.decidedBy = new Uint8Array(capacity);
		this.skipped = new Uint8Array(capacity);
		this.probabilities = new Float64Array(capacity);
		this.scores = new Float64Array(capacity);
		this.decidedAt = new Float64Array(capacity);
		this.miners = new Uint32Array(capacity);
		if (!this.#asksAgreement) return;
		this.agreement = { judged: new Uint32Array(capacity), agreeing: new Uint32Array(capacity) };
	}
}
