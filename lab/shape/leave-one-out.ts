import { availableParallelism } from "node:os";
import { averaged } from "../../src/forest/average.ts";
import { cascaded } from "../../src/forest/cascade.ts";
import type { Ensemble } from "../../src/forest/ensemble.ts";
import { judgeRows } from "../../src/forest/training/cross-validate.ts";
import type { BoostedOptions } from "../../src/forest/training/train-boosted.ts";
import { trainBoostedJobs } from "../../src/forest/training/train-boosted-jobs.ts";
import { drawsOf, type Example, type Examples, isPartOf } from "./examples.ts";
import { type WeightShares, weightsOf } from "./weights.ts";

/** The recipe of a model, shared by training and evaluation. */
export interface Recipe {
	readonly featureNames: readonly string[];
	readonly shares: WeightShares;
	readonly boosting: Partial<Omit<BoostedOptions, "onProgress">>;
	/** Scripted conversations of each class in a draw of the laboratory. */
	readonly conversations: number;
	/**
	 * The number of averaged models, each with its own draw and seed: averaging removes the peculiarities of single
	 * draws.
	 */
	readonly draws: number;
	/**
	 * Stages of the cascade: after `rounds` rounds of each averaged model, rows with a mean log-odds of at most
	 * `rejectAt` are rejected.
	 */
	readonly stages: readonly { readonly rounds: number; readonly rejectAt: number }[];
}

/** Trains on the chosen examples: one model for each draw of the laboratory, with all real examples. */
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
 * Sources in folds: the judged networks, pools and collectors are unknown to the model. Miners of a source are in one
 * fold, and so are its ordinary flows.
 */
const SOURCES_OF_FOLDS: readonly (readonly string[])[] = [
	["cesnet-miner22-sample", "redis", "web push", "icsnpp-opcua"],
	["cj-sniffer", "iot-sentinel", "mosquitto", "mariadb", "westermo", "electrum"],
	["peafowl", "zeek-cryptomining", "ndpi", "ipfixprobe", "ja4", "nats", "prosody", "memcached", "iti-ics"],
	["mercury", "suricata-verify", "arkime-arkime", "malcolm", "rabbitmq", "postgresql", "chain node", "polled device"],
	["zeek", "pcapplusplus", "etcd", "ngircd", "beanstalkd", "home accessory", "telecontrol"],
];
export const FOLDS = SOURCES_OF_FOLDS.length;

/** Fold of an example: by connection if it was simulated, else by source; unlisted sources are in the last fold. */
export function foldOf({ origin, connection, source }: Example): number {
	if (origin === "simulated") return Number(connection.split(" ").at(-1)) % FOLDS;
	const fold = SOURCES_OF_FOLDS.findIndex((sources) => sources.includes(source));
	return fold < 0 ? FOLDS - 1 : fold;
}

/** Predictions of models that have not seen the sources that they judge. */
export interface Unseen {
	/** The model of each fold was trained on everything except the fold. */
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
