import { modelError } from "./model-error.ts";

/**
 * Decision trees that vote, in flat columns: one entry per node, tree after tree, each in preorder (the left child of a
 * split is the next node). Children therefore follow their parents, and every walk ends.
 */
export interface Ensemble {
	/**
	 * `forest`: the mean of the leaves' probabilities. `boosted`: the logistic function of `base` + their sum, or 0 for
	 * a row that a stage rejects early.
	 */
	readonly kind: "forest" | "boosted";
	/** Log-odds before the first tree (`boosted`); 0 for a `forest`. */
	readonly base: number;
	readonly featureCount: number;
	/** Stages of a cascade, in the order of their trees; empty if every tree votes on every row. */
	readonly stages: readonly Stage[];
	/** First node of each tree, and the number of nodes: length trees + 1. */
	readonly roots: Int32Array;
	/** Feature that a split compares; {@link LEAF} at a leaf. */
	readonly feature: Int16Array;
	/** A row goes left where its value, rounded to float32, is <= the threshold, else (NaN included) right. */
	readonly threshold: Float64Array;
	/** Right child of a split, as a position in these columns; 0 at a leaf. */
	readonly right: Int32Array;
	/** At a leaf its vote, at a split the mean of the votes below, weighted by the training rows that reached them. */
	readonly value: Float64Array;
	/** Weight of the training rows that reached the node. */
	readonly weight: Float64Array;
	/** Improvement by the split: decrease of impurity × share of weight (`forest`), gain (`boosted`). */
	readonly gain: Float64Array;
}

/**
 * A stage of a cascade: after `trees` trees, a row whose sum is not above `rejectAt` is rejected early. No further tree
 * is evaluated, and its probability is 0. Most ordinary flows are far from mining after a few trees; how far does not
 * matter (P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001; stages
 * within one boosted model: L. Bourdev, J. Brandt, "Robust object detection via soft cascade", CVPR 2005).
 */
export interface Stage {
	readonly trees: number;
	/** In log-odds. */
	readonly rejectAt: number;
}

/** One tree in the same columns; `right` counts from its own root. */
export type Tree = Pick<Ensemble, "feature" | "threshold" | "right" | "value" | "weight" | "gain">;

/** The nodes `begin … end` of some columns, as views. */
export function nodesBetween(columns: Tree, begin: number, end: number): Tree {
	return {
		feature: columns.feature.subarray(begin, end),
		threshold: columns.threshold.subarray(begin, end),
		right: columns.right.subarray(begin, end),
		value: columns.value.subarray(begin, end),
		weight: columns.weight.subarray(begin, end),
		gain: columns.gain.subarray(begin, end),
	};
}

export const LEAF = -1;

/** What prediction is built for: a node is one word of 10 bits of feature and 22 bits of child. */
export const MAX_FEATURES = 1 << 10;
export const MAX_TREE_NODES = 1 << 21;
export const MAX_NODES = 1 << 24;

export function treeCount(ensemble: Ensemble): number {
	return ensemble.roots.length - 1;
}

/** Joins trees into an ensemble and checks what prediction relies on. Throws (code `model`) where it does not hold. */
export function ensembleOf(
	kind: Ensemble["kind"],
	base: number,
	featureCount: number,
	trees: readonly Tree[],
): Ensemble {
	if (featureCount < 1 || featureCount > MAX_FEATURES) throw modelError(`${featureCount} features`, { featureCount });
	if (trees.length === 0) throw modelError("no tree");
	if (!Number.isFinite(base)) throw modelError(`base ${base}`, { base });
	const roots = new Int32Array(trees.length + 1);
	for (let t = 0, total = 0; t < trees.length; t++) {
		total += trees[t]!.feature.length;
		if (total > MAX_NODES) throw modelError(`more than ${MAX_NODES} nodes`);
		roots[t + 1] = total;
	}
	const nodes = roots[trees.length]!;
	const ensemble: Ensemble = {
		kind,
		base,
		featureCount,
		stages: [],
		roots,
		feature: new Int16Array(nodes),
		threshold: new Float64Array(nodes),
		right: new Int32Array(nodes),
		value: new Float64Array(nodes),
		weight: new Float64Array(nodes),
		gain: new Float64Array(nodes),
	};
	trees.forEach((tree, t) => {
		checkTree(tree, featureCount, kind, t);
		const root = roots[t]!;
		ensemble.feature.set(tree.feature, root);
		ensemble.threshold.set(tree.threshold, root);
		ensemble.value.set(tree.value, root);
		ensemble.weight.set(tree.weight, root);
		ensemble.gain.set(tree.gain, root);
		for (let i = 0; i < tree.right.length; i++) {
			ensemble.right[root + i] = tree.feature[i] === LEAF ? 0 : root + tree.right[i]!;
		}
	});
	if (!Number.isFinite(largestSum(base, trees))) throw modelError("votes that add up to more than a number holds");
	fillValuesOfSplits(ensemble);
	return ensemble;
}

/** What no sum of votes exceeds in magnitude: then none overflows on the way, and a sum is always a number. */
function largestSum(base: number, trees: readonly Tree[]): number {
	let sum = Math.abs(base);
	for (const { feature, value } of trees) {
		let largest = 0;
		for (let i = 0; i < value.length; i++) if (feature[i] === LEAF) largest = Math.max(largest, Math.abs(value[i]!));
		sum += largest;
	}
	return sum;
}

/**
 * Preorder means: after a left subtree comes its sibling. `pending` holds the right children that are still to come.
 */
function checkTree(tree: Tree, featureCount: number, kind: Ensemble["kind"], t: number): void {
	const nodes = tree.feature.length;
	const refuse = (node: number, why: string) => modelError(`tree ${t}: node ${node}: ${why}`, { tree: t, node });
	if (nodes === 0) throw modelError(`tree ${t}: no nodes`, { tree: t });
	if (nodes > MAX_TREE_NODES) throw modelError(`tree ${t}: more than ${MAX_TREE_NODES} nodes`, { tree: t });
	const pending: number[] = [];
	for (let i = 0; i < nodes; i++) {
		const feature = tree.feature[i]!;
		if (!(tree.weight[i]! >= 0 && tree.weight[i]! < Infinity)) throw refuse(i, `weight ${tree.weight[i]}`);
		if (feature === LEAF) {
			const value = tree.value[i]!;
			if (!Number.isFinite(value)) throw refuse(i, `value ${value}`);
			if (kind === "forest" && (value < 0 || value > 1)) throw refuse(i, `probability ${value}`);
			const next = pending.pop();
			if (next === undefined ? i !== nodes - 1 : next !== i + 1) throw refuse(i, "children out of place");
		} else {
			if (feature < 0 || feature >= featureCount) throw refuse(i, `feature ${feature} of ${featureCount}`);
			if (!Number.isFinite(tree.threshold[i]!)) throw refuse(i, `threshold ${tree.threshold[i]}`);
			if (!Number.isFinite(tree.gain[i]!)) throw refuse(i, `gain ${tree.gain[i]}`);
			pending.push(tree.right[i]!);
		}
	}
	if (pending.length > 0) throw refuse(nodes - 1, "ends before its last child");
}

/** The expected vote at a split, from the votes and weights below; from the back, so that children come first. */
function fillValuesOfSplits({ feature, right, value, weight }: Ensemble): void {
	for (let i = feature.length - 1; i >= 0; i--) {
		if (feature[i] === LEAF) continue;
		const left = i + 1;
		const other = right[i]!;
		const both = weight[left]! + weight[other]!;
		weight[i] = both;
		value[i] =
			both > 0
				? (value[left]! * weight[left]! + value[other]! * weight[other]!) / both
				: (value[left]! + value[other]!) / 2;
	}
}
