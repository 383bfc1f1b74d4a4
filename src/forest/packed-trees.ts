import { type Ensemble, LEAF, treeCount } from "./ensemble.ts";
import { float32Threshold } from "./float32-threshold.ts";
import { orderKey } from "./order-keys.ts";

/**
 * Trees as the fast predictor walks them: breadth first, both children of a split side by side, so that a step is
 * `child + (value > threshold)` without a branch. A leaf is its own child and has the key of NaN for a threshold,
 * which nothing exceeds: steps past it stay there, so that walks of different lengths can go side by side.
 */
export interface PackedTrees {
	/** 21 bits of left child, counted from the tree's root, one that says leaf, and 10 bits of feature. */
	readonly words: Uint32Array;
	/** Thresholds as order keys ({@link orderKey}). */
	readonly thresholds: Int32Array;
	/** Votes; those of leaves matter. */
	readonly votes: Float64Array;
	/** Root of each tree, and the number of nodes: length trees + 1. */
	readonly roots: Int32Array;
	/** Steps to the deepest leaf of each tree. */
	readonly depths: Int32Array;
}

export const FEATURE_MASK = (1 << 10) - 1;
export const LEAF_BIT = 1 << 10;
export const CHILD_SHIFT = 11;

export function packTrees(ensemble: Ensemble): PackedTrees {
	const nodes = ensemble.feature.length;
	const packed: PackedTrees = {
		words: new Uint32Array(nodes),
		thresholds: new Int32Array(nodes),
		votes: new Float64Array(nodes),
		roots: ensemble.roots,
		depths: new Int32Array(treeCount(ensemble)),
	};
	const order = new Int32Array(nodes);
	const thresholds = new Float32Array(packed.thresholds.buffer);
	for (let t = 0; t < packed.depths.length; t++) packed.depths[t] = packTree(ensemble, t, packed, thresholds, order);
	for (let i = 0; i < nodes; i++) packed.thresholds[i] = orderKey(packed.thresholds[i]!);
	return packed;
}

/**
 * Packs one tree and gives its depth. Writes its thresholds to `thresholds`, not yet order keys. `order` is scratch:
 * which node of the ensemble stands at each place.
 */
function packTree(
	ensemble: Ensemble,
	t: number,
	packed: PackedTrees,
	thresholds: Float32Array,
	order: Int32Array,
): number {
	const root = ensemble.roots[t]!;
	let depth = 0;
	let levelEnd = 1;
	let placed = 1;
	order[0] = root;
	for (let place = 0; place < placed; place++) {
		if (place === levelEnd) {
			depth++;
			levelEnd = placed;
		}
		const node = order[place]!;
		const feature = ensemble.feature[node]!;
		packed.votes[root + place] = ensemble.value[node]!;
		if (feature === LEAF) {
			packed.words[root + place] = (place << CHILD_SHIFT) | LEAF_BIT;
			thresholds[root + place] = Number.NaN;
			continue;
		}
		packed.words[root + place] = (placed << CHILD_SHIFT) | feature;
		thresholds[root + place] = float32Threshold(ensemble.threshold[node]!);
		order[placed++] = node + 1;
		order[placed++] = ensemble.right[node]!;
	}
	return depth;
}
