import { attributePaths } from "./attribution.ts";
import { type DecisionBounds, decisionBounds, type VoteRanges, voteRanges } from "./decision-bounds.ts";
import { dropSettled } from "./drop-settled.ts";
import { type Ensemble, treeCount } from "./ensemble.ts";
import type { Model } from "./model.ts";
import { orderKey } from "./order-keys.ts";
import { type PackedTrees, packTrees } from "./packed-trees.ts";
import { probabilityOfSum } from "./sum.ts";
import { addVotes, BLOCK_CAPACITY, BLOCK_ROWS, LIST_CAPACITY } from "./walk.ts";

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
/** The first trees settle many rows each. Later ones settle few: looking for those every time costs more than asking on. */
const EACH_TREE_SETTLES = 8;
const SETTLED_EVERY = 4;

class BlockPredictor implements Predictor {
	readonly featureCount: number;
	treesAsked = 0;
	readonly #ensemble: Ensemble;
	readonly #trees: PackedTrees;
	readonly #ranges: VoteRanges;
	readonly #bounds = new Map<number, DecisionBounds>();
	/** The block's rows as float32, and in the same memory as order keys; which of them are still asked; their sums. */
	readonly #values: Float32Array;
	readonly #block: Int32Array;
	readonly #active = new Int32Array(LIST_CAPACITY);
	readonly #sums = new Float64Array(BLOCK_CAPACITY);
	/** Which rows of the block have been given to a threshold. */
	readonly #taken = new Uint8Array(BLOCK_ROWS);

	constructor(ensemble: Ensemble) {
		this.featureCount = ensemble.featureCount;
		this.#ensemble = ensemble;
		this.#trees = packTrees(ensemble);
		this.#ranges = voteRanges(ensemble);
		this.#values = new Float32Array(BLOCK_CAPACITY * ensemble.featureCount);
		this.#block = new Int32Array(this.#values.buffer);
	}

	probabilities(rows: Float64Array, count: number, out: Float64Array): void {
		const trees = this.#trees;
		const treeTotal = treeCount(this.#ensemble);
		const block = this.#block;
		const active = this.#active;
		const sums = this.#sums;
		for (let begin = 0; begin < count; begin += BLOCK_ROWS) {
			const live = Math.min(BLOCK_ROWS, count - begin);
			this.#fill(rows, begin, live);
			for (let i = 0; i < live; i++) active[i] = i;
			for (let t = 0; t < treeTotal; t++) addVotes(trees, t, block, this.featureCount, active, live, sums);
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
		const active = this.#active;
		for (let first = 0; first < size; first++) {
			if (taken[first] === 1) continue;
			const threshold = thresholds[begin + first]!;
			let live = 0;
			active[live++] = first;
			for (let i = first + 1; i < size; i++) {
				if (thresholds[begin + i] !== threshold) continue;
				taken[i] = 1;
				active[live++] = i;
			}
			this.#settle(live, this.#boundsOf(threshold), begin, out);
		}
	}

	/** Asks tree after tree for the rows in `active`, and drops a row as soon as its sum settles the decision. */
	#settle(listed: number, bounds: DecisionBounds, begin: number, out: Uint8Array): void {
		const trees = this.#trees;
		const { noAtMost, yesAtLeast } = bounds;
		const active = this.#active;
		const sums = this.#sums;
		const treeTotal = treeCount(this.#ensemble);
		let live = listed;
		for (let t = 0; t < treeTotal && live > 0; t++) {
			addVotes(trees, t, this.#block, this.featureCount, active, live, sums);
			this.treesAsked += live;
			const asked = t + 1;
			if (asked > EACH_TREE_SETTLES && asked % SETTLED_EVERY !== 0 && asked < treeTotal) continue;
			live = dropSettled(active, live, sums, noAtMost[asked]!, yesAtLeast[asked]!, out, begin);
		}
		for (let a = 0; a < live; a++) {
			const row = active[a]!;
			out[begin + row] = probabilityOfSum(this.#ensemble, sums[row]!) > bounds.threshold ? 1 : 0;
		}
	}

	#fill(rows: Float64Array, begin: number, size: number): void {
		const values = this.#values;
		const keys = this.#block;
		const from = begin * this.featureCount;
		const count = size * this.featureCount;
		for (let i = 0; i < count; i++) {
			values[i] = rows[from + i]!;
			keys[i] = orderKey(keys[i]!);
		}
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
