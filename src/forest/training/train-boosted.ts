import { setImmediate } from "node:timers/promises";
import { type Ensemble, ensembleOf, type Tree } from "../ensemble.ts";
import { logistic } from "../sum.ts";
import { type BinnedMatrix, binMatrix, MAX_BINS } from "./bins.ts";
import { type GrowLimits, poolFor, TreeGrower } from "./grow-tree.ts";
import type { GrowingRows } from "./histogram.ts";
import { HistogramTeam } from "./histogram-team.ts";
import { randomAt2, sampleInto } from "./random-key.ts";
import { checkMatrix, meanWeight, type TrainingMatrix, trainingError } from "./training-matrix.ts";
import { eachVote } from "./vote.ts";

export interface BoostedOptions {
	readonly seed: number;
	/** Threads that count histograms, including the caller. The result does not depend on it. */
	readonly threads: number;
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
	/** Told after each round, with the mean logistic loss: on the kept-out groups, or without any on the training rows. */
	readonly onProgress?: (done: number, total: number, loss: number) => void;
}

export const BOOSTED_DEFAULTS: BoostedOptions = {
	seed: 1,
	threads: 1,
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
	readonly #binned: BinnedMatrix;
	readonly #options: BoostedOptions;
	readonly #rows: GrowingRows;
	/** Log-odds of every row so far. */
	readonly #scores: Float64Array;
	/** Rows that trees are grown on, and those that say when to stop. */
	readonly #training: Uint32Array;
	readonly #validation: Uint32Array;
	readonly #base: number;
	readonly #featuresOfTree: number;

	constructor(matrix: TrainingMatrix, binned: BinnedMatrix, options: BoostedOptions) {
		this.#matrix = matrix;
		this.#binned = binned;
		this.#options = options;
		[this.#training, this.#validation] = splitByGroup(matrix, options.seed, options.validationShare);
		this.#rows = {
			matrix: binned,
			gradients: new Float32Array(new SharedArrayBuffer(8 * matrix.rows)),
			order: new Uint32Array(new SharedArrayBuffer(4 * matrix.rows)),
		};
		this.#base = priorLogOdds(matrix, this.#training);
		this.#scores = new Float64Array(matrix.rows).fill(this.#base);
		this.#featuresOfTree = Math.max(1, Math.round(binned.features * options.featureShare));
	}

	async train(): Promise<Ensemble> {
		const { rounds, patience, onProgress, threads } = this.#options;
		const limits = this.#limits();
		const pool = poolFor(this.#binned, limits);
		await using team = await HistogramTeam.open(this.#rows, pool, threads);
		const grower = new TreeGrower(this.#binned, this.#rows, limits, pool, (histogram, begin, end, listed) =>
			team.fill(histogram, begin, end, listed),
		);
		const stopping = this.#validation.length > 0;
		const trees: Tree[] = [];
		let best = { loss: Infinity, rounds };
		for (let round = 0; round < rounds; round++) {
			trees.push(this.#growTree(grower, round));
			const loss = this.#loss(stopping ? this.#validation : this.#training);
			onProgress?.(round + 1, rounds, loss);
			await setImmediate();
			if (loss < best.loss) best = { loss, rounds: round + 1 };
			else if (stopping && round + 1 - best.rounds >= patience) break;
		}
		return ensembleOf("boosted", this.#base, this.#binned.features, stopping ? trees.slice(0, best.rounds) : trees);
	}

	#limits(): GrowLimits {
		const { l2, minSamplesLeaf, minHessianLeaf, maxDepth, maxLeaves, nodeFeatureShare } = this.#options;
		const featuresPerNode = Math.max(1, Math.round(this.#featuresOfTree * nodeFeatureShare));
		const minGain = MIN_GAIN * meanWeight(this.#matrix);
		return { l2, minSamplesLeaf, minHessianLeaf, minGain, maxDepth, maxLeaves, featuresPerNode };
	}

	#growTree(grower: TreeGrower, round: number): Tree {
		const { seed, learningRate, l2 } = this.#options;
		const { order } = this.#rows;
		this.#computeGradients();
		const count = this.#drawRows(round);
		const features = new Int32Array(this.#featuresOfTree);
		sampleInto(features, features.length, this.#binned.features, seed, -3, round);
		const tree = grower.grow(
			count,
			features,
			seed + 0x10000 * (round + 1),
			({ gradient, hessian }) => (hessian + l2 > 0 ? (-learningRate * gradient) / (hessian + l2) : 0),
			(begin, end, vote) => {
				for (let i = begin; i < end; i++) this.#scores[order[i]!]! += vote;
			},
		);
		// Rows that grew the tree were told their vote by their leaf; the others look for theirs.
		this.#addVotes(tree, order.subarray(count, this.#training.length));
		this.#addVotes(tree, this.#validation);
		return tree;
	}

	#addVotes(tree: Tree, rows: Uint32Array): void {
		if (rows.length === 0) return;
		eachVote(tree, this.#binned, rows, (row, vote) => {
			this.#scores[row]! += vote;
		});
	}

	/** Of the loss −w (y log p + (1 − y) log(1 − p)) by log-odds: w (p − y), and the second derivative w p (1 − p). */
	#computeGradients(): void {
		const { labels, weights } = this.#matrix;
		const { gradients } = this.#rows;
		for (const row of this.#training) {
			const p = logistic(this.#scores[row]!);
			gradients[2 * row] = weights[row]! * (p - labels[row]!);
			gradients[2 * row + 1] = weights[row]! * p * (1 - p);
		}
	}

	/** Moves the rows of the groups that this tree uses to the front. Returns their number. */
	#drawRows(round: number): number {
		const { seed, groupShare } = this.#options;
		const { groups } = this.#matrix;
		const { order } = this.#rows;
		let seen = 0;
		let unseen = this.#training.length;
		for (const row of this.#training) {
			if (groupShare >= 1 || randomAt2(seed, round, groups[row]!) < groupShare) order[seen++] = row;
			else order[--unseen] = row;
		}
		return seen;
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
}

/** Times the mean weight: below it a gain is what subtracting histograms leaves of rounding. */
const MIN_GAIN = 1e-9;

/** Rows that count for something: those of most groups, and those of the share of groups that is kept out. */
function splitByGroup(
	{ rows, weights, groups }: TrainingMatrix,
	seed: number,
	keptOut: number,
): [training: Uint32Array, validation: Uint32Array] {
	const training = new Uint32Array(rows);
	const validation = new Uint32Array(keptOut > 0 ? rows : 0);
	let trained = 0;
	let validated = 0;
	for (let row = 0; row < rows; row++) {
		if (weights[row] === 0) continue;
		if (keptOut > 0 && randomAt2(seed, -1, groups[row]!) < keptOut) validation[validated++] = row;
		else training[trained++] = row;
	}
	return [training.slice(0, trained), validation.slice(0, validated)];
}

/** Log-odds of the weighted share of miners: the best constant prediction. */
function priorLogOdds({ labels, weights }: TrainingMatrix, rows: Uint32Array): number {
	const of = [0, 0];
	for (const row of rows) of[labels[row]!]! += weights[row]!;
	if (!(of[0]! > 0 && of[1]! > 0)) throw trainingError("needs miners and others on the training side of the split");
	return Math.log(of[1]! / of[0]!);
}
