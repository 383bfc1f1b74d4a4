import type { DetectOptions } from "./options.ts";

/** Why a flow is reported; the numbers are the original's REASON, but for `CACHE`, which leaves as 3 in UniRec. */
export const REASON = { NONE: 0, STRATUM: 1, DST: 2, ML: 3, CACHE: 4 } as const;

/** What NDJSON and the table call the reasons, by number. */
export const REASON_NAMES: readonly string[] = ["none", "stratum", "dst", "ml", "cache"];

/** What the detector decided on one batch. Arrays may be longer than `length`; they are the pipeline's own, valid until its next batch. */
export interface Verdicts {
	/** Flows of the batch. */
	readonly length: number;
	/** One of {@link REASON} for each flow; `NONE` is no miner. */
	readonly reasons: Uint8Array;
	/** The signal that decided each flow either way, as one of {@link REASON}; `NONE` where none could: what verify mode counts by. */
	readonly decidedBy: Uint8Array;
	/** The forest's probability, NaN where it was not asked, did not judge, or left early with its decision made. */
	readonly probabilities: Float64Array;
	/** The pignistic probability after combination, NaN where nothing was combined or the decision was made without it. */
	readonly scores: Float64Array;
	/** For flows decided by the cache: when their conversation was decided, µs since the epoch in flow time; else NaN. */
	readonly decidedAt: Float64Array;
	/** Counts of the flow's pair of hosts, if the detector asks for agreement (`--conversations`). */
	readonly agreement?: Agreement;
	/** Flows found to be miners, as positions in the batch, in the order in which they are reported; `minerCount` of them. */
	readonly miners: Uint32Array;
	readonly minerCount: number;
	/** Flows left out of judgement altogether: prefilter and broken lists under `--compat`, or `-f`. 1 for each such flow. */
	readonly skipped: Uint8Array;
}

/** Flows between the two hosts of each flow so far, itself included; 0 where the flow was not judged. */
export interface Agreement {
	readonly judged: Uint32Array;
	/** Those found to be mining. */
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

	/** Makes room for a batch and forgets the last. */
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

	/** Lists the miners in the order of the input. */
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
