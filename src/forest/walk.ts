import { CHILD_SHIFT, FEATURE_MASK, LEAF_BIT, type PackedTrees } from "./packed-trees.ts";

/**
 * Rows that are asked together. Many, because a row that is hard to settle shares the walks of its block with others like
 * it, and because a call for each tree is then soon forgotten.
 */
export const BLOCK_ROWS = 512;

/** A row behind the block's own that nobody asks about: lists of rows are filled up with it. */
const SPARE_ROW = BLOCK_ROWS;
/** Rows walked side by side. */
const ABREAST = 4;

/** Rows that a block's arrays have room for, and places in a list of its rows. */
export const BLOCK_CAPACITY = BLOCK_ROWS + 1;
export const LIST_CAPACITY = BLOCK_ROWS + ABREAST - 1;

/**
 * Walks tree `t` for the rows of `block` (`width` order keys each) listed in `active[0 … live - 1]`, and adds to each one's
 * sum the vote of the leaf that it comes to. Fills the list up to the next multiple of four.
 *
 * Four walks are interleaved: a step waits for three loads one behind the other, and the processor does the other
 * walks' loads meanwhile. A comparison is added as a number, so that no branch is mispredicted on the way down; the one
 * branch stops the four when all stand at leaves.
 */
export function addVotes(
	trees: PackedTrees,
	t: number,
	block: Int32Array,
	width: number,
	active: Int32Array,
	live: number,
	sums: Float64Array,
): void {
	const { words, thresholds, votes } = trees;
	const root = trees.roots[t]!;
	for (let a = live; a % ABREAST !== 0; a++) active[a] = SPARE_ROW;
	for (let a = 0; a < live; a += ABREAST) {
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
			node0 = root + (word0 >>> CHILD_SHIFT) + +(block[at0 + (word0 & FEATURE_MASK)]! > thresholds[node0]!);
			node1 = root + (word1 >>> CHILD_SHIFT) + +(block[at1 + (word1 & FEATURE_MASK)]! > thresholds[node1]!);
			node2 = root + (word2 >>> CHILD_SHIFT) + +(block[at2 + (word2 & FEATURE_MASK)]! > thresholds[node2]!);
			node3 = root + (word3 >>> CHILD_SHIFT) + +(block[at3 + (word3 & FEATURE_MASK)]! > thresholds[node3]!);
		}
		sums[row0] = sums[row0]! + votes[node0]!;
		sums[row1] = sums[row1]! + votes[node1]!;
		sums[row2] = sums[row2]! + votes[node2]!;
		sums[row3] = sums[row3]! + votes[node3]!;
	}
}
