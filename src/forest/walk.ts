import { FEATURE_BITS, type PackedTrees } from "./packed-trees.ts";

/** Rows of float32 values that are asked together: they stay in the first-level cache while tree after tree passes. */
export const BLOCK_ROWS = 128;

const FEATURE_MASK = (1 << FEATURE_BITS) - 1;

/**
 * Walks tree `t` for the rows of `block` (`width` values each) listed in `active[0 … live - 1]`, and leaves in
 * `leaves[a]` the leaf that row `active[a]` comes to.
 *
 * Four walks are interleaved: a step waits for three loads one behind the other, and the processor does the other
 * walks' loads meanwhile. A comparison is added as a number, so that no branch is mispredicted on the way down.
 */
export function walkTree(
	trees: PackedTrees,
	t: number,
	block: Float32Array,
	width: number,
	active: Int32Array,
	live: number,
	leaves: Int32Array,
): void {
	const { words, thresholds } = trees;
	const root = trees.roots[t]!;
	const depth = trees.depths[t]!;
	let a = 0;
	for (; a + 3 < live; a += 4) {
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
			node0 = root + (word0 >>> FEATURE_BITS) + +(block[row0 + (word0 & FEATURE_MASK)]! > thresholds[node0]!);
			node1 = root + (word1 >>> FEATURE_BITS) + +(block[row1 + (word1 & FEATURE_MASK)]! > thresholds[node1]!);
			node2 = root + (word2 >>> FEATURE_BITS) + +(block[row2 + (word2 & FEATURE_MASK)]! > thresholds[node2]!);
			node3 = root + (word3 >>> FEATURE_BITS) + +(block[row3 + (word3 & FEATURE_MASK)]! > thresholds[node3]!);
		}
		leaves[a] = node0;
		leaves[a + 1] = node1;
		leaves[a + 2] = node2;
		leaves[a + 3] = node3;
	}
	for (; a < live; a++) {
		const row = active[a]! * width;
		let node = root;
		for (let step = 0; step < depth; step++) {
			const word = words[node]!;
			node = root + (word >>> FEATURE_BITS) + +(block[row + (word & FEATURE_MASK)]! > thresholds[node]!);
		}
		leaves[a] = node;
	}
}
