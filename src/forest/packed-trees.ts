import { type Ensemble, LEAF, treeCount } from "./ensemble.ts";
import { float32Threshold } from "./float32-threshold.ts";

/**
 * Trees as they are walked: breadth first, both children of a split side by side, the right one first, so that a step
 * is `child + (value <= threshold)` without a branch, and NaN goes right. A leaf is its own child and has NaN for a
 * threshold, which nothing is below: steps past it stay there, so that walks of different lengths can go side by side.
 */
export interface PackedTrees {
	/** 21 bits of right child, counted from the tree's root, one that says leaf, and 10 bits of feature. */
	readonly words: Uint32Array;
	readonly thresholds: Float32Array;
	/** Votes; those of leaves matter. */
	readonly votes: Float64Array;
	/** Root of each tree, and the number of nodes: length trees + 1. */
	readonly roots: Int32Array;
}

export const FEATURE_MASK = (1 << 10) - 1;
export const LEAF_BIT = 1 << 10;
export const CHILD_SHIFT = 11;

export function packTrees(ensemble: Ensemble): PackedTrees {
	const nodes = ensemble.feature.length;
	const packed: PackedTrees = {
		words: new Uint32Array(nodes),
		thresholds: new Float32Array(nodes),
		votes: new Float64Array(nodes),
		roots: ensemble.roots,
	};
	const order = new Int32Array(nodes);
	for (let t = 0; t < treeCount(ensemble); t++) packTree(ensemble, t, packed, order);
	return packed;
}

/** Packs one tree. `order` is scratch: which node of the ensemble stands at each place. */
function packTree(ensemble: Ensemble, t: number, packed: PackedTrees, order: Int32Array): void {
	const root = ensemble.roots[t]!;
	let placed = 1;
	order[0] = root;
	for (let place = 0; place < placed; place++) {
		const node = order[place]!;
		const feature = ensemble.feature[node]!;
		packed.votes[root + place] = ensemble.value[node]!;
		if (feature === LEAF) {
			packed.words[root + place] = (place << CHILD_SHIFT) | LEAF_BIT;
			packed.thresholds[root + place] = Number.NaN;
			continue;
		}
		packed.words[root + place] = (placed << CHILD_SHIFT) | feature;
		packed.thresholds[root + place] = float32Threshold(ensemble.threshold[node]!);
		order[placed++] = ensemble.right[node]!;
		order[placed++] = node + 1;
	}
}
