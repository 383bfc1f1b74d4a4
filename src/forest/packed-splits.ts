import { type Ensemble, LEAF, treeCount } from "./ensemble.ts";
import { float32Threshold } from "./float32-threshold.ts";

/**
 * Trees prepared for bit vectors: a row has one bit per leaf, the lowest for the leftmost leaf. Every split, in any
 * order, that sends the row right clears the leaves of its left subtree. A tree without splits gets one that clears
 * nothing.
 */
export interface PackedSplits {
	readonly features: Int32Array;
	readonly thresholds: Float32Array;
	/** A bit for each leaf that is not in the split's left subtree. */
	readonly otherLeaves: Int32Array;
	/** Votes of each tree's leaves, from the leftmost on. */
	readonly votes: Float64Array;
	/** First split and first vote of each tree, and their totals: length trees + 1. */
	readonly firstSplit: Int32Array;
	readonly firstVote: Int32Array;
}

/** Capacity of a bit vector. */
export const MOST_LEAVES = 32;

/** Undefined if a tree has more leaves than {@link MOST_LEAVES}. */
export function packSplits(ensemble: Ensemble): PackedSplits | undefined {
	const { roots, feature, threshold, value } = ensemble;
	const trees = treeCount(ensemble);
	const leaves = leavesOf(ensemble, 0, feature.length);
	const most = feature.length - leaves + trees;
	const features = new Int32Array(most);
	const thresholds = new Float32Array(most);
	const otherLeaves = new Int32Array(most);
	const votes = new Float64Array(leaves);
	const firstSplit = new Int32Array(trees + 1);
	const firstVote = new Int32Array(trees + 1);
	let split = 0;
	let vote = 0;
	for (let t = 0; t < trees; t++) {
		if (leavesOf(ensemble, roots[t]!, roots[t + 1]!) > MOST_LEAVES) return undefined;
		for (let node = roots[t]!; node < roots[t + 1]!; node++) {
			if (feature[node] === LEAF) {
				votes[vote++] = value[node]!;
				continue;
			}
			// In preorder the leaves of the left subtree come next.
			const leftLeaves = leavesOf(ensemble, node + 1, ensemble.right[node]!);
			features[split] = feature[node]!;
			thresholds[split] = float32Threshold(threshold[node]!);
			otherLeaves[split++] = ~bits(vote - firstVote[t]!, leftLeaves);
		}
		if (split === firstSplit[t]) otherLeaves[split++] = ~0;
		firstSplit[t + 1] = split;
		firstVote[t + 1] = vote;
	}
	return { features, thresholds, otherLeaves, votes, firstSplit, firstVote };
}

function leavesOf({ feature }: Ensemble, begin: number, end: number): number {
	let leaves = 0;
	for (let node = begin; node < end; node++) if (feature[node] === LEAF) leaves++;
	return leaves;
}

/** `count` bits set from bit `first` on; a split has leaves on both sides, so they are never all 32. */
function bits(first: number, count: number): number {
	return ((1 << count) - 1) << first;
}
