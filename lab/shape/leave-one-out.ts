import { availableParallelism } from "node:os";
import { averaged } from "../../src/forest/average.ts";
import { cascaded } from "../../src/forest/cascade.ts";
import type { Ensemble } from "../../src/forest/ensemble.ts";
import { judgeRows } from "../../src/forest/training/cross-validate.ts";
import type { BoostedOptions } from "../../src/forest/training/train-boosted.ts";
import { trainBoostedJobs } from "../../src/forest/training/train-boosted-jobs.ts";
import { drawsOf, type Example, type Examples, isPartOf } from "./examples.ts";
import { type WeightShares, weightsOf } from "./weights.ts";

/** How a model is made: what `train` and the judging of it have in common. */
export interface Recipe {
	readonly featureNames: readonly string[];
	readonly shares: WeightShares;
	readonly boosting: Partial<Omit<BoostedOptions, "onProgress">>;
	/** Scripted conversations of each class in a draw of the laboratory. */
	readonly conversations: number;
	/** As many models are averaged, each of a draw and a seed of its own: what one draw happens to hold is no other's opinion. */
	readonly draws: number;
	/** Where a row is given up: after so many rounds of each of the averaged models, at so many log-odds of their mean. */
	readonly stages: readonly { readonly rounds: number; readonly giveUpAt: number }[];
}

/** Trains on the chosen examples: a model on each draw of the laboratory, with all that is real. */
export async function trainOn(examples: Examples, rows: Uint32Array, recipe: Recipe): Promise<Ensemble> {
	const chosen = Array.from(rows, (row) => examples.all[row]!);
	const matrix = examples.matrix(rows, recipe.featureNames, weightsOf(chosen, recipe.shares));
	const draws = drawsOf(chosen);
	const jobs = draws.map((draw) => ({
		rows: Uint32Array.from(chosen.keys()).filter((i) => isPartOf(chosen[i]!, draw)),
		options: { ...recipe.boosting, seed: draw },
	}));
	const mean = averaged(await trainBoostedJobs(matrix, jobs, availableParallelism()));
	return cascaded(
		mean,
		recipe.stages.map(({ rounds, giveUpAt }) => ({ trees: rounds * draws.length, giveUpAt })),
	);
}

/** Probability of mining for each chosen example. */
export function judge(
	examples: Examples,
	rows: Uint32Array,
	ensemble: Ensemble,
	featureNames: readonly string[],
): Float64Array {
	const matrix = examples.matrix(rows, featureNames, new Float64Array(rows.length));
	const out = new Float64Array(rows.length);
	judgeRows(ensemble, matrix, Uint32Array.from(rows.keys()), out);
	return out;
}

/**
 * Ordinary sources in folds: what is judged was made on networks and by collectors that the model has not seen.
 * A source that is in none is of the last.
 */
const ORDINARY_FOLDS: readonly (readonly string[])[] = [
	["cesnet-miner22-sample"],
	["iot-sentinel"],
	["ndpi", "ipfixprobe", "ja4"],
	["mercury", "suricata-verify", "arkime-arkime"],
	["zeek", "peafowl", "zeek-cryptomining", "cj-sniffer"],
];
export const FOLDS = ORDINARY_FOLDS.length;

/** Fold of an ordinary example: by source where it is real, by connection where it was simulated. */
export function foldOf(example: Example): number {
	if (example.origin === "simulated") return Number(example.connection.split(" ").at(-1)) % FOLDS;
	const fold = ORDINARY_FOLDS.findIndex((sources) => sources.includes(example.source));
	return fold < 0 ? FOLDS - 1 : fold;
}

/** What models that have seen neither a miner of the left-out sources nor the fold's ordinary flows say. */
export interface LeftOut {
	/** Rows of the left-out sources' miners, TLS variants included. */
	readonly miners: Uint32Array;
	/** Their probabilities, one array for each fold's model. */
	readonly minerScores: readonly Float64Array[];
	/** Rows of all ordinary examples, and the probability of each by the model that has not seen its fold. */
	readonly others: Uint32Array;
	readonly otherScores: Float64Array;
}

export async function leaveOut(examples: Examples, sources: readonly string[], recipe: Recipe): Promise<LeftOut> {
	const isLeftOut = (example: Example) => example.isMiner && sources.includes(example.source);
	const miners = examples.where(isLeftOut);
	const others = examples.where((example) => !example.isMiner);
	const placeOf = new Map(Array.from(others, (row, place) => [row, place]));
	const otherScores = new Float64Array(others.length);
	const minerScores: Float64Array[] = [];
	for (let fold = 0; fold < FOLDS; fold++) {
		const inFold = (example: Example) => !example.isMiner && foldOf(example) === fold;
		const training = examples.where((example) => !isLeftOut(example) && !inFold(example));
		const ensemble = await trainOn(examples, training, recipe);
		minerScores.push(judge(examples, miners, ensemble, recipe.featureNames));
		const judged = examples.where(inFold);
		const scores = judge(examples, judged, ensemble, recipe.featureNames);
		for (let i = 0; i < judged.length; i++) otherScores[placeOf.get(judged[i]!)!] = scores[i]!;
	}
	return { miners, minerScores, others, otherScores };
}
