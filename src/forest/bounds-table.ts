import { decisionBounds, type VoteRanges, voteRanges } from "./decision-bounds.ts";
import { type Ensemble, treeCount } from "./ensemble.ts";

/** Initial capacity in thresholds. */
const FIRST_ROOM = 16;

/**
 * The {@link DecisionBounds} of several thresholds, interleaved, so that rows with different thresholds can be
 * evaluated together: with k votes added, threshold `place`'s are at `pairs[place + 2k]` (no at most) and behind it
 * (yes at least).
 */
export class BoundsTable {
	pairs = new Float64Array(0);
	readonly #ensemble: Ensemble;
	readonly #ranges: VoteRanges;
	readonly #places = new Map<number, number>();
	/** Doubles per threshold. */
	readonly #stride: number;
	readonly #mostThresholds: number;
	#thresholds = new Float64Array(0);
	/** The threshold of the last look-up: consecutive rows often have the same. */
	#last = Number.NaN;
	#lastPlace = 0;

	/** `capacity`: the most thresholds kept. */
	constructor(ensemble: Ensemble, mostThresholds: number) {
		this.#ensemble = ensemble;
		this.#ranges = voteRanges(ensemble);
		this.#stride = 2 * (treeCount(ensemble) + 1);
		this.#mostThresholds = mostThresholds;
	}

	/** Makes room for `count` new thresholds; clears the table if it is too full. */
	makeRoom(count: number): void {
		if (this.#places.size + count <= this.#mostThresholds) return;
		this.#places.clear();
		this.#last = Number.NaN;
	}

	/** The place of the threshold's bounds, valid until the next call of {@link makeRoom}. */
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
