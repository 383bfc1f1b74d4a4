import { LEAF, type Tree } from "../ensemble.ts";
import type { BinnedMatrix } from "./bins.ts";

/** Calls `visit` with the vote of a tree for each listed row: the leaf its bins come to. */
export function eachVote(
	tree: Tree,
	{ bins, features, thresholds }: BinnedMatrix,
	rows: Uint32Array,
	visit: (row: number, vote: number) => void,
): void {
	const { feature, right, value } = tree;
	const lastLeft = tree.threshold.map((threshold, i) =>
		feature[i] === LEAF ? 0 : thresholds[feature[i]!]!.indexOf(threshold),
	);
	for (const row of rows) {
		const at = row * features;
		let node = 0;
		while (feature[node] !== LEAF) node = bins[at + feature[node]!]! <= lastLeft[node]! ? node + 1 : right[node]!;
		visit(row, value[node]!);
	}
}
