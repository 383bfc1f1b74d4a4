import { Worker } from "node:worker_threads";
import { siblingModule } from "../../bytes/sibling-module.ts";
import { type Ensemble, ensembleOf, type Tree } from "../ensemble.ts";
import { binMatrix, MAX_BINS } from "./bins.ts";
import { ForestGrower, type ForestOptions, type ForestWork, type GrownTree } from "./forest-tree.ts";
import { checkMatrix, type TrainingMatrix, trainingError } from "./training-matrix.ts";

export const FOREST_DEFAULTS: ForestOptions = {
	seed: 1,
	threads: 1,
	trees: 100,
	maxDepth: Infinity,
	minSamplesLeaf: 1,
	featuresPerNode: undefined,
	maxBins: MAX_BINS,
};

export interface TrainedForest {
	readonly ensemble: Ensemble;
	/** Out-of-bag probability of each row: by the trees grown without its group; NaN if no tree was. */
	readonly outOfBag: Float64Array;
}

/**
 * A random forest: trees on bootstraps of the groups, Gini impurity, features drawn at each node, leaves that vote with
 * their share of miners. Deterministic by seed. Throws (code `training`) if nothing can be learnt from the matrix.
 */
export async function trainForest(
	matrix: TrainingMatrix,
	options: Partial<ForestOptions> = {},
): Promise<TrainedForest> {
	checkMatrix(matrix);
	const { onProgress, ...settings } = { ...FOREST_DEFAULTS, ...options };
	const { labels, weights, groups } = matrix;
	const binned = binMatrix(matrix, settings.maxBins, settings.seed);
	const work: ForestWork = { binned, labels, weights, groups, options: settings };
	const votes = new OutOfBagVotes(matrix.rows);
	const trees: Tree[] = [];
	for await (const { tree, outOfBag } of growInOrder(work)) {
		trees.push(tree);
		votes.add(outOfBag);
		onProgress?.(trees.length, settings.trees);
	}
	return { ensemble: ensembleOf("forest", 0, binned.features, trees), outOfBag: votes.probabilities() };
}

/** Sums in the order of the trees, so that the result does not depend on the speed of threads. */
class OutOfBagVotes {
	readonly #sums: Float64Array;
	readonly #counts: Uint32Array;

	constructor(rows: number) {
		this.#sums = new Float64Array(rows);
		this.#counts = new Uint32Array(rows);
	}

	add(votes: Float32Array): void {
		for (let i = 0; i < votes.length; i++) {
			if (Number.isNaN(votes[i]!)) continue;
			this.#sums[i]! += votes[i]!;
			this.#counts[i]! += 1;
		}
	}

	probabilities(): Float64Array {
		return this.#sums.map((sum, i) => sum / this.#counts[i]!);
	}
}

async function* growInOrder(work: ForestWork): AsyncGenerator<GrownTree> {
	const { trees, threads } = work.options;
	if (threads <= 1) {
		const grower = new ForestGrower(work);
		for (let t = 0; t < trees; t++) yield grower.grow(t);
		return;
	}
	yield* grownByWorkers(work, Math.min(threads, trees));
}

/** Worker w grows the trees w, w + n, w + 2 n …; it gets the next one when the last was taken. */
async function* grownByWorkers(work: ForestWork, count: number): AsyncGenerator<GrownTree> {
	const url = siblingModule(import.meta.url, "forest-worker");
	const workers = Array.from({ length: count }, () => new Worker(url, { workerData: work }));
	try {
		const pending = workers.map((worker, w) => askFor(worker, w));
		for (let t = 0; t < work.options.trees; t++) {
			const grown = await pending[t % count]!;
			if (t + count < work.options.trees) pending[t % count] = askFor(workers[t % count]!, t + count);
			yield grown;
		}
	} finally {
		await Promise.all(workers.map((worker) => worker.terminate()));
	}
}

function askFor(worker: Worker, t: number): Promise<GrownTree> {
	const answer = new Promise<GrownTree>((resolve, reject) => {
		const settle = (act: () => void): void => {
			worker.off("message", onMessage);
			worker.off("error", onError);
			act();
		};
		const onMessage = (grown: GrownTree) => settle(() => resolve(grown));
		const onError = (error: Error) => settle(() => reject(trainingError(`a thread failed: ${error.message}`)));
		worker.once("message", onMessage);
		worker.once("error", onError);
	});
	// The failure of another worker may end the loop before this promise is awaited.
	answer.catch(() => {});
	worker.postMessage(t);
	return answer;
}
