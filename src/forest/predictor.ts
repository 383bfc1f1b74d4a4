import { attributePaths } from "./attribution.ts";
import { BoundsTable } from "./bounds-table.ts";
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
	 * decision, found without asking the trees that cannot change it. Bounds are kept for up to {@link KEPT_BOUNDS}
	 * different thresholds.
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

/** Twice the rows of a block, which may all have thresholds of their own. */
const KEPT_BOUNDS = 2 * BLOCK_ROWS;
/** The first trees settle many rows each. Later ones settle few: looking for those every time costs more than asking on. */
const EACH_TREE_SETTLES = 8;
const SETTLED_EVERY = 4;

class BlockPredictor implements Predictor {
	readonly featureCount: number;
	treesAsked = 0;
	readonly #ensemble: Ensemble;
	readonly #trees: PackedTrees;
	readonly #bounds: BoundsTable;
	/** The block's rows as float32, and in the same memory as order keys; which of them are still asked; their sums. */
	readonly #values: Float32Array;
	readonly #block: Int32Array;
	readonly #active = new Int32Array(LIST_CAPACITY);
	readonly #sums = new Float64Array(BLOCK_CAPACITY);
	/** Where the bounds of each row's threshold are. */
	readonly #places = new Int32Array(BLOCK_ROWS);

	constructor(ensemble: Ensemble) {
		this.featureCount = ensemble.featureCount;
		this.#ensemble = ensemble;
		this.#trees = packTrees(ensemble);
		this.#bounds = new BoundsTable(ensemble, KEPT_BOUNDS);
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
		const bounds = this.#bounds;
		const places = this.#places;
		for (let begin = 0; begin < count; begin += BLOCK_ROWS) {
			const size = Math.min(BLOCK_ROWS, count - begin);
			this.#fill(rows, begin, size);
			bounds.makeRoom(size);
			if (typeof thresholds === "number") places.fill(bounds.placeOf(thresholds), 0, size);
			else for (let i = 0; i < size; i++) places[i] = bounds.placeOf(thresholds[begin + i]!);
			this.#settle(size, begin, out);
		}
	}

	/** Asks tree after tree for the rows of the block, and drops a row as soon as its sum settles the decision. */
	#settle(size: number, begin: number, out: Uint8Array): void {
		const trees = this.#trees;
		const { pairs } = this.#bounds;
		const places = this.#places;
		const active = this.#active;
		const sums = this.#sums;
		const treeTotal = treeCount(this.#ensemble);
		for (let i = 0; i < size; i++) active[i] = i;
		let live = size;
		for (let t = 0; t < treeTotal && live > 0; t++) {
			addVotes(trees, t, this.#block, this.featureCount, active, live, sums);
			this.treesAsked += live;
			const asked = t + 1;
			if (asked > EACH_TREE_SETTLES && asked % SETTLED_EVERY !== 0 && asked < treeTotal) continue;
			live = dropSettled(active, live, sums, pairs, places, asked, out, begin);
		}
		for (let a = 0; a < live; a++) {
			const row = active[a]!;
			const threshold = this.#bounds.thresholdAt(places[row]!);
			out[begin + row] = probabilityOfSum(this.#ensemble, sums[row]!) > threshold ? 1 : 0;
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

	attribute(row: Float64Array, effects: Float64Array): number {
		return attributePaths(this.#ensemble, row, effects);
	}
}
