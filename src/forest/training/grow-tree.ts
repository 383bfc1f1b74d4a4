import type { Tree } from "../ensemble.ts";
import { inPreorder } from "../preorder.ts";
import { bestSplit, type NodeSums, type Split, type SplitLimits } from "./best-split.ts";
import type { BinnedMatrix } from "./bins.ts";
import { fillHistogram, type GrowingRows, type Histogram, subtractHistogram } from "./histogram.ts";
import { HistogramPool } from "./histogram-pool.ts";
import { sampleInto } from "./random-key.ts";

export interface GrowLimits extends SplitLimits {
	readonly maxDepth: number;
	readonly maxLeaves: number;
	/** Number of features drawn at each node; all of the tree's features if it is not smaller. */
	readonly featuresPerNode: number;
}

/** Fills a histogram of the rows of a node for the features listed; a team of threads can do it. */
export type FillHistogram = (histogram: Histogram, begin: number, end: number, listed: Int32Array) => void;

/** Scratch space, kept from tree to tree. */
export class TreeGrower {
	readonly #matrix: BinnedMatrix;
	readonly #rows: GrowingRows;
	readonly #limits: GrowLimits;
	readonly #fill: FillHistogram;
	readonly #pool: HistogramPool;
	readonly #behind: Uint32Array;

	constructor(
		matrix: BinnedMatrix,
		rows: GrowingRows,
		limits: GrowLimits,
		pool: HistogramPool = poolFor(matrix, limits),
		fill: FillHistogram = (histogram, begin, end, listed) =>
			fillHistogram(histogram, rows, begin, end, listed, 0, listed.length),
	) {
		this.#matrix = matrix;
		this.#rows = rows;
		this.#limits = limits;
		this.#pool = pool;
		this.#fill = fill;
		this.#behind = new Uint32Array(rows.order.length);
	}

	/**
	 * Grows one tree over the first `count` rows of the order, which it regroups by leaf. The split that gains most is
	 * made first (best first, as LightGBM does), so that a limit of leaves keeps the most useful ones.
	 * `leafValue` returns the vote of a leaf; `visitLeaf` is called with the range of its rows in the order.
	 */
	grow(
		count: number,
		features: Int32Array,
		seed: number,
		leafValue: (sums: NodeSums) => number,
		visitLeaf: (begin: number, end: number, value: number) => void,
	): Tree {
		const nodes: GrownNode[] = [];
		const open: GrownNode[] = [];
		const drawn = new Int32Array(Math.min(this.#limits.featuresPerNode, features.length));
		const perNode = drawn.length < features.length;
		const bestFirst = Number.isFinite(this.#limits.maxLeaves);

		const add = (begin: number, end: number, depth: number, sums: NodeSums): GrownNode => {
			const node: GrownNode = {
				...sums,
				id: nodes.length,
				begin,
				end,
				depth,
				split: undefined,
				histogram: undefined,
				left: -1,
				right: -1,
			};
			nodes.push(node);
			return node;
		};
		/** Searches the best split of the node, in its histogram if that is filled already. */
		const search = (node: GrownNode, filled?: Histogram): void => {
			const histogram = filled ?? this.#pool.take();
			let listed = features;
			if (perNode) {
				sampleInto(drawn, drawn.length, features.length, seed, node.id, 0);
				listed = drawn.map((index) => features[index]!);
			}
			if (filled === undefined) this.#fill(histogram, node.begin, node.end, listed);
			node.split = bestSplit(histogram, this.#matrix.offsets, listed, node, this.#limits);
			if (node.split !== undefined) open.push(node);
			if (node.split !== undefined && !perNode && this.#pool.mayKeep) node.histogram = histogram;
			else this.#pool.release(histogram);
		};

		const root = add(0, count, 0, this.#sumsOf(0, count));
		if (this.#maySplit(root)) search(root);
		for (let leaves = 1; open.length > 0 && leaves < this.#limits.maxLeaves; leaves++) {
			const node = bestFirst ? takeBest(open) : open.pop()!;
			const split = node.split!;
			const middle = this.#partition(node, split);
			const left = add(node.begin, middle, node.depth + 1, {
				gradient: split.leftGradient,
				hessian: split.leftHessian,
				count: split.leftCount,
			});
			const right = add(middle, node.end, node.depth + 1, {
				gradient: node.gradient - split.leftGradient,
				hessian: node.hessian - split.leftHessian,
				count: node.count - split.leftCount,
			});
			node.left = left.id;
			node.right = right.id;
			this.#searchChildren(node, left, right, features, search);
		}
		for (const node of open) if (node.histogram !== undefined) this.#pool.release(node.histogram);
		return this.#finish(nodes, leafValue, visitLeaf);
	}

	/** Counts the histogram of the smaller child; that of the larger one is the difference to the parent's. */
	#searchChildren(
		node: GrownNode,
		left: GrownNode,
		right: GrownNode,
		features: Int32Array,
		search: (node: GrownNode, filled?: Histogram) => void,
	): void {
		const inherited = node.histogram;
		node.histogram = undefined;
		const [smaller, larger] = left.count <= right.count ? [left, right] : [right, left];
		if (inherited === undefined) {
			for (const child of [left, right]) if (this.#maySplit(child)) search(child);
			return;
		}
		if (!this.#maySplit(larger)) {
			this.#pool.release(inherited);
			return;
		}
		const histogram = this.#pool.take();
		this.#fill(histogram, smaller.begin, smaller.end, features);
		subtractHistogram(inherited, histogram);
		search(larger, inherited);
		if (this.#maySplit(smaller)) search(smaller, histogram);
		else this.#pool.release(histogram);
	}

	#maySplit(node: GrownNode): boolean {
		const { maxDepth, minSamplesLeaf, minHessianLeaf } = this.#limits;
		return node.depth < maxDepth && node.count >= 2 * minSamplesLeaf && node.hessian >= 2 * minHessianLeaf;
	}

	#sumsOf(begin: number, end: number): NodeSums {
		const { order, gradients } = this.#rows;
		let gradient = 0;
		let hessian = 0;
		for (let i = begin; i < end; i++) {
			gradient += gradients[2 * order[i]!]!;
			hessian += gradients[2 * order[i]! + 1]!;
		}
		return { gradient, hessian, count: end - begin };
	}

	/** Puts the rows that go left before those that go right, each in their old order. Returns the index of the first right row. */
	#partition({ begin, end }: GrownNode, { feature, bin }: Split): number {
		const { order } = this.#rows;
		const { bins, features } = this.#matrix;
		const behind = this.#behind;
		let left = begin;
		let right = 0;
		for (let i = begin; i < end; i++) {
			const row = order[i]!;
			if (bins[row * features + feature]! <= bin) order[left++] = row;
			else behind[right++] = row;
		}
		order.set(behind.subarray(0, right), left);
		return left;
	}

	#finish(
		nodes: readonly GrownNode[],
		leafValue: (sums: NodeSums) => number,
		visitLeaf: (begin: number, end: number, value: number) => void,
	): Tree {
		const { thresholds } = this.#matrix;
		const values = nodes.map((node) => {
			if (node.left >= 0) return 0;
			const value = Math.fround(leafValue(node));
			visitLeaf(node.begin, node.end, value);
			return value;
		});
		return inPreorder(
			{
				left: nodes.map((node) => node.left),
				right: nodes.map((node) => node.right),
				feature: nodes.map((node) => node.split?.feature ?? 0),
				threshold: nodes.map((node) => (node.split ? thresholds[node.split.feature]![node.split.bin]! : 0)),
				value: values,
				weight: nodes.map((node) => node.hessian),
				gain: nodes.map((node) => node.split?.gain ?? 0),
			},
			"tree",
		);
	}
}

interface GrownNode extends NodeSums {
	readonly id: number;
	readonly begin: number;
	readonly end: number;
	readonly depth: number;
	split: Split | undefined;
	histogram: Histogram | undefined;
	left: number;
	right: number;
}

function takeBest(open: GrownNode[]): GrownNode {
	let best = 0;
	for (let i = 1; i < open.length; i++) if (open[i]!.split!.gain > open[best]!.split!.gain) best = i;
	const [node] = open.splice(best, 1);
	return node!;
}

/** The most histograms kept at a time: one per leaf, or one per level if leaves are split depth first. */
export function poolFor({ offsets, features }: BinnedMatrix, { maxLeaves, maxDepth }: GrowLimits): HistogramPool {
	return new HistogramPool(
		offsets[features]!,
		Math.min(maxLeaves, Number.isFinite(maxLeaves) ? Infinity : maxDepth + 1, 1024),
	);
}
