import { offRhythm } from "../../detect/block-times/off-rhythm.ts";
import { PushHistory } from "./push-history.ts";
import type { PushRecord } from "./push-record.ts";

/** Observed microseconds before the first look, and the factor from each look to the next. */
const FIRST_LOOK = 300e6;
const BETWEEN_LOOKS = Math.SQRT2;
/** Records of one pair whose shape is remembered as a mean. */
const MOST_JUDGED = 1000;

/** One host and one server: what was seen of their connections, and what was found. */
export class WatchedPair {
	readonly history = new PushHistory();
	/** The first record's begin, the newest record, and the name that a record told. */
	readonly begin: number;
	last: PushRecord;
	serverName: string | undefined;
	/** Mining by payload, with the coin where that tells; reported for other evidence. */
	isConfirmed = false;
	coin: string | undefined;
	isSuspect = false;
	/** Its pushes do not explain the other confirmed miners of its coin. */
	isWrongClock = false;
	looks = 0;
	/** Amounts of the records that were not reported themselves. */
	bytesToServer = 0;
	bytesToClient = 0;
	packetsToServer = 0;
	packetsToClient = 0;
	/** Blocks and time at the last sighting. */
	reportedBlocks = 0;
	reportedAt = -Infinity;
	#nextLook = FIRST_LOOK;
	#judged = 0;
	#meanProbability = 0;
	#clock: readonly number[] | undefined;

	constructor(record: PushRecord) {
		this.begin = record.begin;
		this.last = record;
	}

	add(record: PushRecord): void {
		if (this.history.add(record.begin, record.end, record.pushes) > 0) this.#clock = undefined;
		if (record.end >= this.last.end) this.last = record;
		this.serverName ??= record.serverName;
		if (record.verdict === "payload") this.isConfirmed = true;
		else if (record.verdict === "reported") this.isSuspect = true;
		if (record.verdict === "other") {
			this.bytesToServer += record.bytesToServer;
			this.bytesToClient += record.bytesToClient;
			this.packetsToServer += record.packetsToServer;
			this.packetsToClient += record.packetsToClient;
		}
		if (record.verdict === "payload") this.coin ??= record.coin;
		if (record.probability !== undefined) {
			this.#judged = Math.min(this.#judged + 1, MOST_JUDGED);
			this.#meanProbability += (record.probability - this.#meanProbability) / this.#judged;
		}
	}

	/** The mean of the forest's probabilities of its records; undefined if none was judged. */
	get meanProbability(): number | undefined {
		return this.#judged === 0 ? undefined : this.#meanProbability;
	}

	/** Its pushes without rhythms: times at which it learned of a block, or of something else that follows no clock. */
	get clock(): readonly number[] {
		this.#clock ??= offRhythm(this.history.pushes);
		return this.#clock;
	}

	get isDue(): boolean {
		return this.history.observedTime >= this.#nextLook;
	}

	/** Counts a look; the next one is due when the observed time has grown by a factor. */
	look(): number {
		this.#nextLook = Math.max(this.history.observedTime, FIRST_LOOK) * BETWEEN_LOOKS;
		return ++this.looks;
	}

	/** There was nothing to compare with: looks again after as much time as before the first look. */
	postpone(): void {
		this.#nextLook = this.history.observedTime + FIRST_LOOK;
	}
}
