/** Why a flow is reported; the numbers are the original's REASON, but for `CACHE`, which leaves as 3 in UniRec. */
export const REASON = { NONE: 0, STRATUM: 1, DST: 2, ML: 3, CACHE: 4 } as const;

/** What NDJSON and the table call the reasons, by number. */
export const REASON_NAMES: readonly string[] = ["none", "stratum", "dst", "ml", "cache"];

/** What the detector decided on one batch. Arrays may be longer than `length`; they are the state's own, valid until its next batch. */
export interface Verdicts {
	/** Flows of the batch. */
	readonly length: number;
	/** One of {@link REASON} for each flow; `NONE` is no miner. */
	readonly reasons: Uint8Array;
	/** The signal that decided each flow either way, as one of {@link REASON}; `NONE` where none could: what verify mode counts by. */
	readonly paths: Uint8Array;
	/** The forest's probability, NaN where it was not asked, did not judge, or left early with its decision made. */
	readonly probabilities: Float64Array;
	/** The pignistic probability after combination, NaN where nothing was combined or the decision was made without it. */
	readonly scores: Float64Array;
	/** For flows decided by the cache: when their conversation was decided, µs since the epoch in flow time; else NaN. */
	readonly decidedAt: Float64Array;
	/** What earlier flows of the conversation said, where the detector combines conversations. */
	readonly earlier?: EarlierEvidence;
	/** Flows found to be miners, as positions in the batch, in the order in which they are reported; `minerCount` of them. */
	readonly miners: Uint32Array;
	readonly minerCount: number;
	/** Flows left out of judgement altogether: prefilter and broken lists under `--compat`, or `-f`. 1 for each such flow. */
	readonly skipped: Uint8Array;
}

/** The mass function left by the earlier flows of each flow's conversation, aged to the flow, over {miner, other, Θ}. */
export interface EarlierEvidence {
	readonly miner: Float64Array;
	readonly other: Float64Array;
	/** How many flows it comes from; 0: none, the mass is vacuous. */
	readonly flows: Uint32Array;
	/** 1 where one of them had a server name that speaks of mining. */
	readonly named: Uint8Array;
}

/** Verdict columns that are reused from batch to batch. */
export class VerdictColumns implements Verdicts {
	length = 0;
	reasons = new Uint8Array(0);
	paths = new Uint8Array(0);
	probabilities = new Float64Array(0);
	scores = new Float64Array(0);
	decidedAt = new Float64Array(0);
	miners = new Uint32Array(0);
	minerCount = 0;
	skipped = new Uint8Array(0);
	earlier?: { miner: Float64Array; other: Float64Array; flows: Uint32Array; named: Uint8Array };
	readonly #combinesConversations: boolean;

	constructor(combinesConversations: boolean) {
		this.#combinesConversations = combinesConversations;
	}

	/** Makes room for a batch and forgets the last. */
	reset(length: number): void {
		this.length = length;
		this.minerCount = 0;
		if (length > this.reasons.length) this.#makeRoom(length + (length >> 1));
		this.reasons.fill(0, 0, length);
		this.paths.fill(0, 0, length);
		this.skipped.fill(0, 0, length);
		this.probabilities.fill(NaN, 0, length);
		this.scores.fill(NaN, 0, length);
		this.decidedAt.fill(NaN, 0, length);
		if (this.earlier) {
			this.earlier.miner.fill(0, 0, length);
			this.earlier.other.fill(0, 0, length);
			this.earlier.flows.fill(0, 0, length);
			this.earlier.named.fill(0, 0, length);
		}
	}

	/** Lists the miners in the order of the input. */
	listMiners(): void {
		let count = 0;
		for (let i = 0; i < this.length; i++) if (this.reasons[i] !== REASON.NONE) this.miners[count++] = i;
		this.minerCount = count;
	}

	#makeRoom(capacity: number): void {
		this.reasons = new Uint8Array(capacity);
		this.paths = new Uint8Array(capacity);
		this.skipped = new Uint8Array(capacity);
		this.probabilities = new Float64Array(capacity);
		this.scores = new Float64Array(capacity);
		this.decidedAt = new Float64Array(capacity);
		this.miners = new Uint32Array(capacity);
		if (!this.#combinesConversations) return;
		this.earlier = {
			miner: new Float64Array(capacity),
			other: new Float64Array(capacity),
			flows: new Uint32Array(capacity),
			named: new Uint8Array(capacity),
		};
	}
}
