import { LEAF, type Tree } from "../ensemble.ts";

/** The vote of one tree for a row of columns. */
export function voteOf(tree: Tree, columns: readonly Float32Array[], row: number): number {
	const { feature, threshold, right, value } = tree;
	let node = 0;
	while (feature[node] !== LEAF) {
		node = columns[feature[node]!]![row]! <= threshold[node]! ? node + 1 : right[node]!;
	}
	return value[node]!;
}
