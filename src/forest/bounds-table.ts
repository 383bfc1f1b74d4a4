import { decisionBounds, type VoteRanges, voteRanges } from "./decision-bounds.ts";
import { type Ensemble, treeCount } from "./ensemble.ts";

/** Thresholds that the table begins with room for. */
const FIRST_ROOM = 16;

/**
 * The {@link DecisionBounds} of the thresholds that rows are asked about, side by side, so that rows of different thresholds
 * can be walked together: with k votes added, threshold `place`'s are at `pairs[place + 2k]` (no at most) and behind it
 * (yes at least).
 */
export class BoundsTable {
	pairs = new Float64Array(0);
	readonly #ensemble: Ensemble;
	readonly #ranges: VoteRanges;
	readonly #places = new Map<number, number>();
	/** Doubles that one threshold's bounds take. */
	readonly #stride: number;
	readonly #mostThresholds: number;
	#thresholds = new Float64Array(0);
	/** The threshold asked for last: rows in a row tend to have the same. */
	#last = Number.NaN;
	#lastPlace = 0;

	/** Keeps at most so many thresholds. */
	constructor(ensemble: Ensemble, mostThresholds: number) {
		this.#ensemble = ensemble;
		this.#ranges = voteRanges(ensemble);
		this.#stride = 2 * (treeCount(ensemble) + 1);
		this.#mostThresholds = mostThresholds;
	}

	/** Makes room for so many thresholds that are new: where there is none, all that are there are forgotten. */
	makeRoom(count: number): void {
		if (this.#places.size + count <= this.#mostThresholds) return;
		this.#places.clear();
		this.#last = Number.NaN;
	}

	/** Where the threshold's bounds are. A place holds until {@link makeRoom} is next called. */
	placeOf(threshold: number): number {
		if (threshold === this.#last) return this.#lastPlace;
		this.#lastPlace = this.#places.get(threshold) ?? this.#add(threshold);
		this.#last = threshold;
		return this.#lastPlace;
	}

	/** The threshold whose bounds are at `place`. */
	thresholdAt(place: number): number {
		return this.#thresholds[place / this.#stride]!;
	}

	#add(threshold: number): number {
		const index = this.#places.size;
		const place = index * this.#stride;
		if (index === this.#thresholds.length) this.#grow(Math.max(FIRST_ROOM, 2 * index));
		const { noAtMost, yesAtLeast } = decisionBounds(this.#ensemble, this.#ranges, threshold);
		for (let k = 0; k < noAtMost.length; k++) {
			this.pairs[place + 2 * k] = noAtMost[k]!;
			this.pairs[place + 2 * k + 1] = yesAtLeast[k]!;
		}
		this.#thresholds[index] = threshold;
		this.#places.set(threshold, place);
		return place;
	}

	#grow(room: number): void {
		const pairs = new Float64Array(room * this.#stride);
		const thresholds = new Float64Array(room);
		pairs.set(this.pairs);
		thresholds.set(this.#thresholds);
		this.pairs = pairs;
		this.#thresholds = thresholds;
	}
}
