import { CHILD_SHIFT, FEATURE_MASK, LEAF_BIT, type PackedTrees } from "./packed-trees.ts";

/** Rows that are asked together: they stay in the first-level cache while tree after tree passes. */
export const BLOCK_ROWS = 128;

/**
 * Walks tree `t` for the rows of `block` (`width` order keys each) listed in `active[0 … live - 1]`, and leaves in
 * `leaves[a]` the leaf that row `active[a]` comes to.
 *
 * Four walks are interleaved: a step waits for three loads one behind the other, and the processor does the other
 * walks' loads meanwhile. A comparison is added as a number, so that no branch is mispredicted on the way down; the one
 * branch stops the four when all stand at leaves, which is well before the deepest leaf's depth for most.
 */
export function walkTree(
	trees: PackedTrees,
	t: number,
	block: Int32Array,
	width: number,
	active: Int32Array,
	live: number,
	leaves: Int32Array,
): void {
	const { words, thresholds } = trees;
	const root = trees.roots[t]!;
	const depth = trees.depths[t]!;
	for (let a = live; a % 4 !== 0; a++) active[a] = active[live - 1]!;
	for (let a = 0; a < live; a += 4) {
		const row0 = active[a]! * width;
		const row1 = active[a + 1]! * width;
		const row2 = active[a + 2]! * width;
		const row3 = active[a + 3]! * width;
		let node0 = root;
		let node1 = root;
		let node2 = root;
		let node3 = root;
		for (let step = 0; step < depth; step++) {
			const word0 = words[node0]!;
			const word1 = words[node1]!;
			const word2 = words[node2]!;
			const word3 = words[node3]!;
			if ((word0 & word1 & word2 & word3 & LEAF_BIT) !== 0) break;
			node0 = root + (word0 >>> CHILD_SHIFT) + +(block[row0 + (word0 & FEATURE_MASK)]! > thresholds[node0]!);
			node1 = root + (word1 >>> CHILD_SHIFT) + +(block[row1 + (word1 & FEATURE_MASK)]! > thresholds[node1]!);
			node2 = root + (word2 >>> CHILD_SHIFT) + +(block[row2 + (word2 & FEATURE_MASK)]! > thresholds[node2]!);
			node3 = root + (word3 >>> CHILD_SHIFT) + +(block[row3 + (word3 & FEATURE_MASK)]! > thresholds[node3]!);
		}
		leaves[a] = node0;
		leaves[a + 1] = node1;
		leaves[a + 2] = node2;
		leaves[a + 3] = node3;
	}
}
