import { attributePaths } from "./attribution.ts";
import { BoundsTable } from "./bounds-table.ts";
import { createEvaluator } from "./create-evaluator.ts";
import { dropSettled } from "./drop-settled.ts";
import { type Ensemble, treeCount } from "./ensemble.ts";
import type { Model } from "./model.ts";
import { rejectEarly } from "./reject-early.ts";
import { probabilityOfSum } from "./sum.ts";
import { BLOCK_ROWS, type TreeEvaluator } from "./tree-evaluator.ts";

/**
 * Evaluates a model for many rows at a time without allocating. It owns scratch space: use one per thread.
 * A row has `featureCount` doubles; NaN is larger than every number.
 */
export interface Predictor {
	readonly featureCount: number;
	/** Probability of mining of each row; equals the oracle's bit by bit. */
	probabilities(rows: Float64Array, count: number, out: Float64Array): void;
	/**
	 * 1 for each row whose probability is > its threshold (one for all, or one per row), else 0. Equals the
	 * oracle's decision, but trees that cannot change it are not evaluated. Bounds are kept for up to {@link
	 * KEPT_BOUNDS} different thresholds.
	 */
	decide(rows: Float64Array, count: number, thresholds: Float64Array | number, out: Uint8Array): void;
	/** Trees evaluated by both methods above since the predictor was created. */
	readonly treesAsked: number;
	/**
	 * How each feature moved the probability of one row (`effects`, `featureCount` of them, in probability); they add
	 * up to the probability returned, minus that of an average training row. See {@link attributePaths}.
	 */
	attribute(row: Float64Array, effects: Float64Array): number;
}

export function createPredictor(model: Pick<Model, "ensemble">): Predictor {
	return new BlockPredictor(model.ensemble);
}

/** Twice the rows of a block, each of which may have its own threshold. */
const KEPT_BOUNDS = 2 * BLOCK_ROWS;
/** The first trees settle many rows each, later ones few: a check after each of those would cost more than it saves. */
const EACH_TREE_SETTLES = 8;
const SETTLED_EVERY = 8;

class BlockPredictor implements Predictor {
	readonly featureCount: number;
	treesAsked = 0;
	readonly #ensemble: Ensemble;
	readonly #evaluator: TreeEvaluator;
	readonly #bounds: BoundsTable;
	/** Place of the bounds for each row's threshold. */
	readonly #places = new Int32Array(BLOCK_ROWS);

	constructor(ensemble: Ensemble) {
		this.featureCount = ensemble.featureCount;
		this.#ensemble = ensemble;
		this.#evaluator = createEvaluator(ensemble);
		this.#bounds = new BoundsTable(ensemble, KEPT_BOUNDS);
	}

	probabilities(rows: Float64Array, count: number, out: Float64Array): void {
		const { active, sums } = this.#evaluator;
		const treeTotal = treeCount(this.#ensemble);
		for (let begin = 0; begin < count; begin += BLOCK_ROWS) {
			let live = Math.min(BLOCK_ROWS, count - begin);
			this.#evaluator.fill(rows, begin, live);
			let asked = 0;
			for (const { trees, rejectAt } of this.#ensemble.stages) {
				this.#ask(asked, trees, live);
				asked = trees;
				live = rejectEarly(active, live, sums, rejectAt, out, begin);
			}
			this.#ask(asked, treeTotal, live);
			for (let a = 0; a < live; a++) {
				const row = active[a]!;
				out[begin + row] = probabilityOfSum(this.#ensemble, sums[row]!);
			}
		}
	}

	decide(rows: Float64Array, count: number, thresholds: Float64Array | number, out: Uint8Array): void {
		const bounds = this.#bounds;
		const places = this.#places;
		for (let begin = 0; begin < count; begin += BLOCK_ROWS) {
			const size = Math.min(BLOCK_ROWS, count - begin);
			this.#evaluator.fill(rows, begin, size);
			bounds.makeRoom(size);
			if (typeof thresholds === "number") places.fill(bounds.placeOf(thresholds), 0, size);
			else for (let i = 0; i < size; i++) places[i] = bounds.placeOf(thresholds[begin + i]!);
			this.#settle(size, begin, out);
		}
	}

	/** Evaluates tree after tree for the rows of the block, and removes rows whose sum settles the decision. */
	#settle(size: number, begin: number, out: Uint8Array): void {
		const { active, sums } = this.#evaluator;
		const { pairs } = this.#bounds;
		const places = this.#places;
		const treeTotal = treeCount(this.#ensemble);
		let live = size;
		let asked = 0;
		for (let stage = 0; asked < treeTotal && live > 0; stage++) {
			const end = this.#ensemble.stages[stage]?.trees ?? treeTotal;
			while (asked < end && live > 0) {
				const next = Math.min(end, asked + (asked < EACH_TREE_SETTLES ? 1 : SETTLED_EVERY));
				this.#ask(asked, next, live);
				asked = next;
				live = dropSettled(active, live, sums, pairs, places, asked, out, begin);
			}
		}
		for (let a = 0; a < live; a++) {
			const row = active[a]!;
			const threshold = this.#bounds.thresholdAt(places[row]!);
			out[begin + row] = probabilityOfSum(this.#ensemble, sums[row]!) > threshold ? 1 : 0;
		}
	}

	#ask(begin: number, end: number, live: number): void {
		this.#evaluator.addVotes(begin, end, live);
		this.treesAsked += live * (end - begin);
	}

	attribute(row: Float64Array, effects: Float64Array): number {
		return attributePaths(this.#ensemble, row, effects);
	}
}
