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
	readonly stages: readonly { readonly rounds: number; readonly rejectAt: number }[];
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
		recipe.stages.map(({ rounds, rejectAt }) => ({ trees: rounds * draws.length, rejectAt })),
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
 * Sources in folds: what is judged was made on networks, by pools and by collectors that the model has not seen. Miners of
 * a source are in one fold and its ordinary flows are, too.
 */
const SOURCES_OF_FOLDS: readonly (readonly string[])[] = [
	["cesnet-miner22-sample", "redis", "web push", "icsnpp-opcua"],
	["cj-sniffer", "iot-sentinel", "mosquitto", "mariadb", "westermo", "electrum"],
	["peafowl", "zeek-cryptomining", "ndpi", "ipfixprobe", "ja4", "nats", "prosody", "memcached", "iti-ics"],
	["mercury", "suricata-verify", "arkime-arkime", "malcolm", "rabbitmq", "postgresql", "chain node", "polled device"],
	["zeek", "pcapplusplus", "etcd", "ngircd", "beanstalkd", "home accessory", "telecontrol"],
];
export const FOLDS = SOURCES_OF_FOLDS.length;

/** Fold of an example: by connection where it was simulated, else by source; a source that is in none is of the last. */
export function foldOf({ origin, connection, source }: Example): number {
	if (origin === "simulated") return Number(connection.split(" ").at(-1)) % FOLDS;
	const fold = SOURCES_OF_FOLDS.findIndex((sources) => sources.includes(source));
	return fold < 0 ? FOLDS - 1 : fold;
}

/** What models say that have not seen the sources that they judge. */
export interface Unseen {
	/** The model of each fold has seen everything but the fold. */
	readonly models: readonly Ensemble[];
	/** The probability of each example by the model of its fold. */
	readonly scores: Float64Array;
}

export async function judgeUnseen(examples: Examples, recipe: Recipe): Promise<Unseen> {
	const scores = new Float64Array(examples.all.length);
	const models: Ensemble[] = [];
	for (let fold = 0; fold < FOLDS; fold++) {
		const model = await trainOn(
			examples,
			examples.where((example) => foldOf(example) !== fold),
			recipe,
		);
		const rows = examples.where((example) => foldOf(example) === fold);
		const judged = judge(examples, rows, model, recipe.featureNames);
		for (let i = 0; i < rows.length; i++) scores[rows[i]!] = judged[i]!;
		models.push(model);
	}
	return { models, scores };
}
