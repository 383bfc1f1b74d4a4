import type { Ensemble } from "./ensemble.ts";
import { orderKey } from "./order-keys.ts";
import { CHILD_SHIFT, FEATURE_MASK, LEAF_BIT, type PackedTrees, packTrees } from "./packed-trees.ts";
import { BLOCK_ROWS, ROWS_AND_SPARE, SPARE_ROW, type TreeEvaluator } from "./tree-evaluator.ts";

/** Rows walked in parallel. */
const PARALLEL_WALKS = 4;

/** Walks trees in plain JavaScript: the fallback that works everywhere, with which `ModuleWalk` must agree. */
export class PlainWalk implements TreeEvaluator {
	readonly active = new Int32Array(BLOCK_ROWS + PARALLEL_WALKS - 1);
	readonly sums = new Float64Array(ROWS_AND_SPARE);
	readonly #ensemble: Ensemble;
	readonly #trees: PackedTrees;
	/** Thresholds as order keys; those of leaves are below every key. */
	readonly #thresholds: Int32Array;
	/** The block's rows as float32, and in the same memory as order keys. */
	readonly #values: Float32Array;
	readonly #keys: Int32Array;

	constructor(ensemble: Ensemble) {
		this.#ensemble = ensemble;
		this.#trees = packTrees(ensemble);
		this.#thresholds = thresholdKeys(this.#trees);
		this.#values = new Float32Array(ROWS_AND_SPARE * ensemble.featureCount);
		this.#keys = new Int32Array(this.#values.buffer);
	}

	fill(rows: Float64Array, begin: number, size: number): void {
		const { featureCount, base } = this.#ensemble;
		const values = this.#values;
		const keys = this.#keys;
		const from = begin * featureCount;
		this.sums.fill(base, 0, size);
		for (let i = 0; i < size; i++) this.active[i] = i;
		for (let i = 0; i < size * featureCount; i++) {
			values[i] = rows[from + i]!;
			keys[i] = orderKey(keys[i]!);
		}
	}

	addVotes(begin: number, end: number, live: number): void {
		for (let a = live; a % PARALLEL_WALKS !== 0; a++) this.active[a] = SPARE_ROW;
		for (let t = begin; t < end; t++) this.#walk(t, live);
	}

	/**
	 * Four walks are interleaved: a step depends on three loads in sequence, and the processor overlaps those of
	 * different walks. Comparisons are added as numbers to avoid mispredicted branches; one branch ends the four walks
	 * when all have reached leaves.
	 */
	#walk(t: number, live: number): void {
		const { words, votes } = this.#trees;
		const thresholds = this.#thresholds;
		const root = this.#trees.roots[t]!;
		const { active, sums } = this;
		const keys = this.#keys;
		const width = this.#ensemble.featureCount;
		for (let a = 0; a < live; a += PARALLEL_WALKS) {
			const row0 = active[a]!;
			const row1 = active[a + 1]!;
			const row2 = active[a + 2]!;
			const row3 = active[a + 3]!;
			const at0 = row0 * width;
			const at1 = row1 * width;
			const at2 = row2 * width;
			const at3 = row3 * width;
			let node0 = root;
			let node1 = root;
			let node2 = root;
			let node3 = root;
			for (;;) {
				const word0 = words[node0]!;
				const word1 = words[node1]!;
				const word2 = words[node2]!;
				const word3 = words[node3]!;
				if ((word0 & word1 & word2 & word3 & LEAF_BIT) !== 0) break;
				node0 = root + (word0 >>> CHILD_SHIFT) + +(keys[at0 + (word0 & FEATURE_MASK)]! <= thresholds[node0]!);
				node1 = root + (word1 >>> CHILD_SHIFT) + +(keys[at1 + (word1 & FEATURE_MASK)]! <= thresholds[node1]!);
				node2 = root + (word2 >>> CHILD_SHIFT) + +(keys[at2 + (word2 & FEATURE_MASK)]! <= thresholds[node2]!);
				node3 = root + (word3 >>> CHILD_SHIFT) + +(keys[at3 + (word3 & FEATURE_MASK)]! <= thresholds[node3]!);
			}
			sums[row0] = sums[row0]! + votes[node0]!;
			sums[row1] = sums[row1]! + votes[node1]!;
			sums[row2] = sums[row2]! + votes[node2]!;
			sums[row3] = sums[row3]! + votes[node3]!;
		}
	}
}

function thresholdKeys({ thresholds, words }: PackedTrees): Int32Array {
	const keys = new Int32Array(thresholds.slice().buffer);
	for (let i = 0; i < keys.length; i++) keys[i] = words[i]! & LEAF_BIT ? BELOW_ALL : orderKey(keys[i]!);
	return keys;
}

/** Smaller than every order key. */
const BELOW_ALL = -(2 ** 31);
