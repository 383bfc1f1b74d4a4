import { attributePaths } from "./attribution.ts";
import { type DecisionBounds, decisionBounds, type VoteRanges, voteRanges } from "./decision-bounds.ts";
import { type Ensemble, treeCount } from "./ensemble.ts";
import type { Model } from "./model.ts";
import { toOrderKeys } from "./order-keys.ts";
import { type PackedTrees, packTrees } from "./packed-trees.ts";
import { probabilityOfSum } from "./sum.ts";
import { BLOCK_ROWS, walkTree } from "./walk.ts";

/**
 * A model made ready to judge rows, many at a time, without allocating. It keeps scratch space: one per thread.
 * A row is `featureCount` doubles; NaN counts as larger than every number.
 */
export interface Predictor {
	readonly featureCount: number;
	/** Probability of mining of each row, bit by bit that of the plain predictor. */
	probabilities(rows: Float64Array, count: number, out: Float64Array): void;
	/**
	 * 1 for each row whose probability is > its threshold (one for all, or one a row), else 0: the plain predictor's
	 * decision, found without asking the trees that cannot change it. Bounds are kept for the last {@link KEPT_BOUNDS}
	 * different thresholds; rows that share one are judged together.
	 */
	decide(rows: Float64Array, count: number, thresholds: Float64Array | number, out: Uint8Array): void;
	/** Trees asked since the predictor was made, by both of the above. */
	readonly treesAsked: number;
	/**
	 * How each feature moved the probability of one row (`effects`, `featureCount` of them, in probability); they add up
	 * to the probability returned, minus that of an average training row. See {@link attributePaths}.
	 */
	attribute(row: Float64Array, effects: Float64Array): number;
}

export function createPredictor(model: Pick<Model, "ensemble">): Predictor {
	return new BlockPredictor(model.ensemble);
}

const KEPT_BOUNDS = 64;

class BlockPredictor implements Predictor {
	readonly featureCount: number;
	treesAsked = 0;
	readonly #ensemble: Ensemble;
	readonly #trees: PackedTrees;
	readonly #ranges: VoteRanges;
	readonly #bounds = new Map<number, DecisionBounds>();
	/** The block's rows as float32, and in the same memory as order keys; which of them are still asked, their leaves in the present tree, their sums. */
	readonly #values: Float32Array;
	readonly #block: Int32Array;
	readonly #active = new Int32Array(BLOCK_ROWS);
	readonly #leaves = new Int32Array(BLOCK_ROWS);
	readonly #sums = new Float64Array(BLOCK_ROWS);
	/** Which rows of the block have been given to a threshold. */
	readonly #taken = new Uint8Array(BLOCK_ROWS);

	constructor(ensemble: Ensemble) {
		this.featureCount = ensemble.featureCount;
		this.#ensemble = ensemble;
		this.#trees = packTrees(ensemble);
		this.#ranges = voteRanges(ensemble);
		this.#values = new Float32Array(BLOCK_ROWS * ensemble.featureCount);
		this.#block = new Int32Array(this.#values.buffer);
	}

	probabilities(rows: Float64Array, count: number, out: Float64Array): void {
		const trees = this.#trees;
		const treeTotal = treeCount(this.#ensemble);
		const sums = this.#sums;
		for (let begin = 0; begin < count; begin += BLOCK_ROWS) {
			const live = Math.min(BLOCK_ROWS, count - begin);
			this.#fill(rows, begin, live);
			for (let i = 0; i < live; i++) this.#active[i] = i;
			for (let t = 0; t < treeTotal; t++) {
				walkTree(trees, t, this.#block, this.featureCount, this.#active, live, this.#leaves);
				for (let i = 0; i < live; i++) sums[i] = sums[i]! + trees.votes[this.#leaves[i]!]!;
			}
			this.treesAsked += live * treeTotal;
			for (let i = 0; i < live; i++) out[begin + i] = probabilityOfSum(this.#ensemble, sums[i]!);
		}
	}

	decide(rows: Float64Array, count: number, thresholds: Float64Array | number, out: Uint8Array): void {
		for (let begin = 0; begin < count; begin += BLOCK_ROWS) {
			const size = Math.min(BLOCK_ROWS, count - begin);
			this.#fill(rows, begin, size);
			if (typeof thresholds === "number") {
				for (let i = 0; i < size; i++) this.#active[i] = i;
				this.#settle(size, this.#boundsOf(thresholds), begin, out);
			} else this.#decideByThreshold(size, thresholds, begin, out);
		}
	}

	/** The block's rows, one threshold after the other. */
	#decideByThreshold(size: number, thresholds: Float64Array, begin: number, out: Uint8Array): void {
		const taken = this.#taken.fill(0);
		for (let first = 0; first < size; first++) {
			if (taken[first] === 1) continue;
			const threshold = thresholds[begin + first]!;
			let live = 0;
			for (let i = first; i < size; i++) {
				if (!Object.is(thresholds[begin + i], threshold)) continue;
				taken[i] = 1;
				this.#active[live++] = i;
			}
			this.#settle(live, this.#boundsOf(threshold), begin, out);
		}
	}

	/** Asks tree after tree for the rows in `active`, and drops a row as soon as its sum settles the decision. */
	#settle(listed: number, bounds: DecisionBounds, begin: number, out: Uint8Array): void {
		const trees = this.#trees;
		const active = this.#active;
		const sums = this.#sums;
		const treeTotal = treeCount(this.#ensemble);
		let live = listed;
		for (let t = 0; t < treeTotal && live > 0; t++) {
			walkTree(trees, t, this.#block, this.featureCount, active, live, this.#leaves);
			this.treesAsked += live;
			const no = bounds.noAtMost[t + 1]!;
			const yes = bounds.yesAtLeast[t + 1]!;
			let kept = 0;
			for (let a = 0; a < live; a++) {
				const row = active[a]!;
				const sum = sums[row]! + trees.votes[this.#leaves[a]!]!;
				sums[row] = sum;
				if (sum <= no) out[begin + row] = 0;
				else if (sum >= yes) out[begin + row] = 1;
				else active[kept++] = row;
			}
			live = kept;
		}
		for (let a = 0; a < live; a++) {
			const row = active[a]!;
			out[begin + row] = probabilityOfSum(this.#ensemble, sums[row]!) > bounds.threshold ? 1 : 0;
		}
	}

	#fill(rows: Float64Array, begin: number, size: number): void {
		const values = this.#values;
		const from = begin * this.featureCount;
		const count = size * this.featureCount;
		for (let i = 0; i < count; i++) {
			const value = rows[from + i]!;
			// As in the plain predictor NaN goes right at every split; thresholds are finite, so +Infinity does the same.
			values[i] = Number.isNaN(value) ? Infinity : value;
		}
		toOrderKeys(this.#block, count);
		this.#sums.fill(this.#ensemble.base, 0, size);
	}

	#boundsOf(threshold: number): DecisionBounds {
		let bounds = this.#bounds.get(threshold);
		if (bounds === undefined) {
			if (this.#bounds.size >= KEPT_BOUNDS) this.#bounds.clear();
			bounds = decisionBounds(this.#ensemble, this.#ranges, threshold);
			this.#bounds.set(threshold, bounds);
		}
		return bounds;
	}

	attribute(row: Float64Array, effects: Float64Array): number {
		return attributePaths(this.#ensemble, row, effects);
	}
}
