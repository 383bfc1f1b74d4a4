import { type Ensemble, ensembleOf, type Tree } from "../ensemble.ts";
import { logistic } from "../sum.ts";
import { type BinnedMatrix, binMatrix, MAX_BINS } from "./bins.ts";
import { TreeGrower } from "./grow-tree.ts";
import { randomAt2, sampleInto } from "./random-key.ts";
import { checkMatrix, type TrainingMatrix, trainingError } from "./training-matrix.ts";
import { voteOf } from "./vote.ts";

export interface BoostedOptions {
	readonly seed: number;
	/** Trees, one after the other. */
	readonly rounds: number;
	readonly learningRate: number;
	readonly maxLeaves: number;
	readonly maxDepth: number;
	/** λ: pulls votes of leaves with little evidence towards 0. */
	readonly l2: number;
	readonly minSamplesLeaf: number;
	readonly minHessianLeaf: number;
	/** Share of the features that each tree may use, and each node of it. */
	readonly featureShare: number;
	readonly nodeFeatureShare: number;
	/** Share of the groups that each tree sees. */
	readonly groupShare: number;
	readonly maxBins: number;
	/** Share of the groups that is kept out to stop at the best number of rounds; 0: all rounds. */
	readonly validationShare: number;
	/** Rounds without an improvement there before it stops. */
	readonly patience: number;
	readonly onProgress?: (done: number, total: number, loss: number) => void;
}

export const BOOSTED_DEFAULTS: BoostedOptions = {
	seed: 1,
	rounds: 200,
	learningRate: 0.1,
	maxLeaves: 31,
	maxDepth: Infinity,
	l2: 1,
	minSamplesLeaf: 20,
	minHessianLeaf: 1e-3,
	featureShare: 1,
	nodeFeatureShare: 1,
	groupShare: 1,
	maxBins: MAX_BINS,
	validationShare: 0,
	patience: 20,
};

/**
 * Gradient-boosted trees for the weighted logistic loss, by Newton steps on histograms (Friedman, "Greedy function
 * approximation", 2001; Chen and Guestrin, "XGBoost", 2016; leaf-wise as in Ke et al., "LightGBM", 2017).
 * Deterministic by seed. Throws (code `training`) where the matrix cannot be learnt from.
 */
export async function trainBoosted(matrix: TrainingMatrix, options: Partial<BoostedOptions> = {}): Promise<Ensemble> {
	checkMatrix(matrix);
	const settings = { ...BOOSTED_DEFAULTS, ...options };
	return new Boosting(matrix, binMatrix(matrix, settings.maxBins, settings.seed), settings).train();
}

class Boosting {
	readonly #matrix: TrainingMatrix;
	readonly #options: BoostedOptions;
	readonly #gradients: Float32Array;
	readonly #order: Uint32Array;
	/** Log-odds of every row so far. */
	readonly #scores: Float64Array;
	/** Rows that trees are grown on, and those that say when to stop. */
	readonly #training: Uint32Array;
	readonly #validation: Uint32Array;
	readonly #grower: TreeGrower;
	readonly #binned: BinnedMatrix;
	readonly #base: number;

	constructor(matrix: TrainingMatrix, binned: BinnedMatrix, options: BoostedOptions) {
		this.#matrix = matrix;
		this.#binned = binned;
		this.#options = options;
		const { rows, weights, groups } = matrix;
		const keptOut = (i: number) => randomAt2(options.seed, -1, groups[i]!) < options.validationShare;
		const counting = Array.from({ length: rows }, (_, i) => i).filter((i) => weights[i]! > 0);
		this.#training = Uint32Array.from(counting.filter((i) => !keptOut(i)));
		this.#validation = Uint32Array.from(counting.filter(keptOut));
		this.#gradients = new Float32Array(new SharedArrayBuffer(8 * rows));
		this.#order = new Uint32Array(new SharedArrayBuffer(4 * rows));
		this.#base = priorLogOdds(matrix, this.#training);
		this.#scores = new Float64Array(rows).fill(this.#base);
		const featuresOfTree = Math.max(1, Math.round(binned.features * options.featureShare));
		this.#grower = new TreeGrower(
			binned,
			{ matrix: binned, gradients: this.#gradients, order: this.#order },
			{
				l2: options.l2,
				minSamplesLeaf: options.minSamplesLeaf,
				minHessianLeaf: options.minHessianLeaf,
				minGain: 1e-9,
				maxDepth: options.maxDepth,
				maxLeaves: options.maxLeaves,
				featuresPerNode: Math.max(1, Math.round(featuresOfTree * options.nodeFeatureShare)),
			},
		);
	}

	train(): Ensemble {
		const { rounds, patience, onProgress } = this.#options;
		const trees: Tree[] = [];
		let best = { loss: Infinity, rounds: 0 };
		for (let round = 0; round < rounds; round++) {
			trees.push(this.#round(round));
			const stopping = this.#validation.length > 0;
			const loss = this.#loss(stopping ? this.#validation : this.#training);
			onProgress?.(round + 1, rounds, loss);
			if (!stopping) continue;
			if (loss < best.loss) best = { loss, rounds: round + 1 };
			else if (round + 1 - best.rounds >= patience) break;
		}
		const kept = this.#validation.length > 0 ? trees.slice(0, Math.max(1, best.rounds)) : trees;
		return ensembleOf("boosted", this.#base, this.#binned.features, kept);
	}

	#round(round: number): Tree {
		const { seed, learningRate, l2 } = this.#options;
		this.#computeGradients();
		const count = this.#drawRows(round);
		const features = this.#drawFeatures(round);
		const tree = this.#grower.grow(
			count,
			features,
			seed + 0x10000 * (round + 1),
			({ gradient, hessian }) => (hessian + l2 > 0 ? (-learningRate * gradient) / (hessian + l2) : 0),
			(begin, end, value) => {
				for (let i = begin; i < end; i++) this.#scores[this.#order[i]!]! += value;
			},
		);
		this.#addVotes(tree, this.#order.subarray(count, this.#training.length));
		this.#addVotes(tree, this.#validation);
		return tree;
	}

	/** Votes for rows that the tree has not seen; the others were told by their leaf. */
	#addVotes(tree: Tree, rows: Uint32Array): void {
		for (const row of rows) this.#scores[row]! += voteOf(tree, this.#matrix.columns, row);
	}

	/** Puts the rows of the groups that this tree sees first, the others behind them. Gives how many it sees. */
	#drawRows(round: number): number {
		const { seed, groupShare } = this.#options;
		const training = this.#training;
		if (groupShare >= 1) {
			this.#order.set(training);
			return training.length;
		}
		const { groups } = this.#matrix;
		let seen = 0;
		let unseen = training.length;
		for (const row of training) {
			if (randomAt2(seed, round, groups[row]!) < groupShare) this.#order[seen++] = row;
			else this.#order[--unseen] = row;
		}
		return seen;
	}

	#drawFeatures(round: number): Int32Array {
		const { features } = this.#binned;
		const count = Math.max(1, Math.round(features * this.#options.featureShare));
		const drawn = new Int32Array(count);
		sampleInto(drawn, count, features, this.#options.seed, -3, round);
		return drawn;
	}

	/** Mean weighted logistic loss. */
	#loss(rows: Uint32Array): number {
		const { labels, weights } = this.#matrix;
		let loss = 0;
		let total = 0;
		for (const row of rows) {
			const margin = labels[row] === 1 ? this.#scores[row]! : -this.#scores[row]!;
			// log(1 + e^-m) without overflow.
			loss += weights[row]! * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
			total += weights[row]!;
		}
		return loss / total;
	}

	/** Of the loss −w (y log p + (1 − y) log(1 − p)) by log-odds: w (p − y), and the second derivative w p (1 − p). */
	#computeGradients(): void {
		const { labels, weights } = this.#matrix;
		for (const i of this.#training) {
			const p = logistic(this.#scores[i]!);
			this.#gradients[2 * i] = weights[i]! * (p - labels[i]!);
			this.#gradients[2 * i + 1] = weights[i]! * p * (1 - p);
		}
	}
}

/** Log-odds of the weighted share of miners: what is best before any feature is looked at. */
function priorLogOdds({ labels, weights }: TrainingMatrix, rows: Uint32Array): number {
	const of = [0, 0];
	for (const row of rows) of[labels[row]!]! += weights[row]!;
	if (!(of[0]! > 0 && of[1]! > 0)) throw trainingError("needs miners and others on the training side of the split");
	return Math.log(of[1]! / of[0]!);
}
