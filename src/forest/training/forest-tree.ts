import { LEAF, type Tree } from "../ensemble.ts";
import type { BinnedMatrix } from "./bins.ts";
import { TreeGrower } from "./grow-tree.ts";
import type { GrowingRows } from "./histogram.ts";
import { randomAt2 } from "./random-key.ts";
import { meanWeight, type TrainingMatrix } from "./training-matrix.ts";
import { eachVote } from "./vote.ts";

export interface ForestOptions {
	readonly seed: number;
	/** Threads that grow trees; the result does not depend on it. */
	readonly threads: number;
	readonly trees: number;
	readonly maxDepth: number;
	readonly minSamplesLeaf: number;
	/** Features that each node draws; undefined: the square root of their number. */
	readonly featuresPerNode: number | undefined;
	readonly maxBins: number;
	/** Called after each tree. */
	readonly onProgress?: (done: number, total: number) => void;
}

/** The input that a thread needs to grow any tree of a forest. */
export interface ForestWork {
	readonly binned: BinnedMatrix;
	readonly labels: TrainingMatrix["labels"];
	readonly weights: TrainingMatrix["weights"];
	readonly groups: TrainingMatrix["groups"];
	readonly options: Omit<ForestOptions, "onProgress">;
}

export interface GrownTree {
	readonly tree: Tree;
	/** Its vote for the rows it was not grown on, NaN for the others. */
	readonly outOfBag: Float32Array;
}

/** Grows the trees of a random forest (Breiman, 2001), any of them in any order: tree t depends on the seed and t only. */
export class ForestGrower {
	readonly #work: ForestWork;
	readonly #rows: GrowingRows;
	readonly #grower: TreeGrower;
	/** The distinct groups, and the group of each row. */
	readonly #groupOf: Int32Array;
	readonly #drawn: Uint32Array;
	readonly #features: Int32Array;

	constructor(work: ForestWork) {
		const { binned, groups, options } = work;
		this.#work = work;
		this.#rows = {
			matrix: binned,
			gradients: new Float32Array(2 * binned.rows),
			order: new Uint32Array(binned.rows),
		};
		const numbers = new Map<number, number>();
		this.#groupOf = groups.map((group) => {
			const known = numbers.get(group) ?? numbers.size;
			numbers.set(group, known);
			return known;
		});
		this.#drawn = new Uint32Array(numbers.size);
		this.#features = Int32Array.from({ length: binned.features }, (_, f) => f);
		this.#grower = new TreeGrower(binned, this.#rows, {
			l2: 0,
			minSamplesLeaf: options.minSamplesLeaf,
			minHessianLeaf: 0,
			minGain: MIN_GAIN * meanWeight(work),
			maxDepth: options.maxDepth,
			maxLeaves: Infinity,
			featuresPerNode: Math.min(
				binned.features,
				options.featuresPerNode ?? Math.max(1, Math.floor(Math.sqrt(binned.features))),
			),
		});
	}

	grow(t: number): GrownTree {
		const { binned, options } = this.#work;
		const [inside, outside] = this.#bootstrap(t);
		const ungained = this.#grower.grow(
			inside,
			this.#features,
			options.seed + 0x10000 * (t + 1),
			({ gradient, hessian }) => (hessian > 0 ? Math.min(1, Math.max(0, gradient / hessian)) : 0),
			() => {},
		);
		const outOfBag = new Float32Array(binned.rows).fill(Number.NaN);
		eachVote(ungained, binned, outside, (row, vote) => {
			outOfBag[row] = vote;
		});
		return { tree: withGiniGains(ungained), outOfBag };
	}

	/**
	 * Draws as many groups as there are, with replacement: a connection is in the bag with all its rows or with none,
	 * so that out-of-bag rows have no neighbours in the bag. A row counts as often as its group was drawn. Returns the
	 * number of rows in the bag, and the rows outside.
	 */
	#bootstrap(t: number): [inside: number, outside: Uint32Array] {
		const { weights, labels, options } = this.#work;
		const { gradients, order } = this.#rows;
		const drawn = this.#drawn.fill(0);
		for (let j = 0; j < drawn.length; j++) drawn[Math.floor(randomAt2(options.seed, t, j) * drawn.length)]! += 1;
		let inside = 0;
		let outside = order.length;
		for (let row = 0; row < order.length; row++) {
			const weight = weights[row]! * drawn[this.#groupOf[row]!]!;
			gradients[2 * row] = weight * labels[row]!;
			gradients[2 * row + 1] = weight;
			if (weight > 0) order[inside++] = row;
			else order[--outside] = row;
		}
		return [inside, order.slice(inside)];
	}
}

/** A multiple of the mean weight: smaller gains of a pure node are rounding errors. */
const MIN_GAIN = 1e-9;

/** Converts the gain of the search (half the decrease of weighted Gini impurity) to a share of the root's weight. */
function withGiniGains(tree: Tree): Tree {
	const rootWeight = tree.weight[0]!;
	const gain = tree.gain.map((half, i) => (tree.feature[i] === LEAF ? 0 : (2 * half) / rootWeight));
	return { ...tree, gain };
}
