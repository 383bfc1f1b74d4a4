import { LEAF, type Tree } from "./ensemble.ts";
import { modelError } from "./model-error.ts";

/** A tree in another layout: children at any position. */
export interface LinkedTree {
	/** Position of the children; negative at a leaf. */
	readonly left: ArrayLike<number>;
	readonly right: ArrayLike<number>;
	readonly feature: ArrayLike<number>;
	readonly threshold: ArrayLike<number>;
	readonly value: ArrayLike<number>;
	readonly weight: ArrayLike<number>;
	readonly gain: ArrayLike<number>;
}

/**
 * Brings the nodes of a tree into preorder. Throws (code `model`) for a child outside the tree and for a child of two
 * splits, cycles included: each node is visited at most once, so the function always ends.
 */
export function inPreorder(tree: LinkedTree, what: string): Tree {
	const nodes = tree.left.length;
	const entered = new Uint8Array(nodes);
	const order: number[] = [];
	const position = new Int32Array(nodes);
	const pending = [0];
	while (pending.length > 0) {
		const node = pending.pop()!;
		if (!(node >= 0 && node < nodes)) throw modelError(`${what}: child ${node} of ${nodes} nodes`);
		if (entered[node] === 1) throw modelError(`${what}: node ${node} is the child of two splits`);
		entered[node] = 1;
		position[node] = order.length;
		order.push(node);
		if (tree.left[node]! >= 0) pending.push(tree.right[node]!, tree.left[node]!);
	}
	const isLeaf = (node: number) => tree.left[node]! < 0;
	return {
		feature: Int16Array.from(order, (node) => (isLeaf(node) ? LEAF : fitting(tree.feature[node]!))),
		threshold: Float64Array.from(order, (node) => (isLeaf(node) ? 0 : tree.threshold[node]!)),
		right: Int32Array.from(order, (node) => (isLeaf(node) ? 0 : position[tree.right[node]!]!)),
		value: Float64Array.from(order, (node) => tree.value[node]!),
		weight: Float64Array.from(order, (node) => tree.weight[node]!),
		gain: Float64Array.from(order, (node) => (isLeaf(node) ? 0 : tree.gain[node]!)),
	};
}

/** Rejects feature numbers beyond the column's range: they would wrap around to another feature. */
function fitting(feature: number): number {
	return feature >= 0 && feature <= 32767 ? feature : 32767;
}
