import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { Command, Option } from "commander";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { replaceFile } from "../bytes/output-file.ts";
import { knownFeatures } from "../detect/features.ts";
import { ORIGINAL_FEATURES } from "../detect/original-features.ts";
import { RHYTHM_FEATURES } from "../detect/rhythm-features.ts";
import { fileHashes } from "../evaluate/training-files.ts";
import { TrainingFlows } from "../evaluate/training-flows.ts";
import { qualityOf, type TrainingQuality } from "../evaluate/training-quality.ts";
import { averaged } from "../forest/average.ts";
import type { Ensemble } from "../forest/ensemble.ts";
import { saveModel } from "../forest/file/model-file.ts";
import type { CardFigure, Model } from "../forest/model.ts";
import { crossValidate } from "../forest/training/cross-validate.ts";
import { groupedFolds } from "../forest/training/grouped-folds.ts";
import { trainBoosted } from "../forest/training/train-boosted.ts";
import { trainForest } from "../forest/training/train-forest.ts";
import type { TrainingMatrix } from "../forest/training/training-matrix.ts";
import { InputList } from "../input/input-list.ts";
import { openInput } from "../input/open-input.ts";
import { addMeteringFlags, addTlsFlags, type InputFlags, inputOptions } from "./input-flags.ts";
import { positiveInteger, probability, wholeNumber } from "./option-values.ts";
import { tell } from "./tell.ts";

export interface TrainFlags extends InputFlags {
	readonly output: string;
	readonly name?: string;
	readonly learner: "boosted" | "forest";
	readonly features: string;
	readonly trees?: number;
	readonly leaves: number;
	readonly depth?: number;
	readonly learningRate: number;
	readonly samplesLeaf?: number;
	readonly seed: number;
	readonly average: number;
	readonly group?: string;
	readonly weight?: string;
	readonly balance: boolean;
	readonly folds: number;
	readonly falsePositives: number;
	readonly threads: number;
	readonly quiet?: boolean;
}

const FEATURE_SETS: Readonly<Record<string, readonly string[]>> = {
	original: Object.keys(ORIGINAL_FEATURES.features),
	rhythm: Object.keys(RHYTHM_FEATURES.features),
	all: [...knownFeatures().keys()],
};
const TREES = { boosted: 200, forest: 100 };
const SAMPLES_LEAF = { boosted: 20, forest: 2 };

const DETAILS = `
Flows need a label (a column LABEL with Miner or Other). A good model needs flows of more than one network: name the
column that tells them apart with --group, and judge by what cross-validation says of networks the model has not seen.

Examples:
  decrypto train flows.csv.gz --output my.model --group SOURCE
  decrypto train flows.csv --output forest.model --learner forest --features original --depth 10
  decrypto detect capture.pcap -m my.model`;

export function trainCommand(): Command {
	const command = new Command("train")
		.description("Learns a model from labelled flows, and says how good it is.")
		.argument("<flows...>", "flow files with labels (CSV, trapcap, IPFIX), or directories of them")
		.requiredOption("-o, --output <file>", "write the model there")
		.option("--name <name>", "what the model's card calls it (default: the output file's name)")
		.optionsGroup("Learning:")
		.addOption(
			new Option("--learner <kind>", "gradient-boosted trees or a random forest")
				.choices(["boosted", "forest"])
				.default("boosted"),
		)
		.option("--features <set>", "original, rhythm, all, or names separated by commas", "rhythm")
		.option("--trees <n>", "trees (default: 200 boosted, 100 in a forest)", positiveInteger)
		.option("--leaves <n>", "leaves of a boosted tree at most", positiveInteger, 24)
		.option("--depth <n>", "depth of a tree at most (default: no bound)", positiveInteger)
		.option("--learning-rate <r>", "what a boosted tree's vote counts", probability, 0.1)
		.option("--samples-leaf <n>", "flows in a leaf at least (default: 20 boosted, 2 in a forest)", positiveInteger)
		.option("--average <n>", "boosted models by seeds of their own that are averaged", positiveInteger, 1)
		.option("--seed <n>", "the same seed and flows give the same model", wholeNumber, 1)
		.optionsGroup("Weighing and judging:")
		.option("--group <columns>", "columns whose values tell groups apart, as SOURCE,FILE (default: both ends)")
		.option("--weight <column>", "the column that holds what a flow counts for")
		.option("--no-balance", "leave the classes' weights as they are, not half and half")
		.option(
			"--folds <n>",
			"folds of cross-validation, no group in two of them; 0: none, and neither thresholds nor reliability",
			wholeNumber,
			5,
		)
		.option(
			"--false-positives <share>",
			"share of ordinary flows that may be above the threshold, for example 0.001",
			probability,
			0.001,
		)
		.option("--threads <n>", "threads to learn with", positiveInteger, availableParallelism())
		.option("-q, --quiet", "no progress");
	return addTlsFlags(addMeteringFlags(command)).addHelpText("after", DETAILS).action(trainAction);
}

async function trainAction(names: string[], flags: TrainFlags): Promise<void> {
	if (flags.folds === 1) throw new UsageError("--folds 1: there must be two at least, or 0 for none");
	const featureNames = FEATURE_SETS[flags.features] ?? flags.features.split(",").map((name) => name.trim());
	const say = (line: string) => void (flags.quiet || tell(line));
	const flows = new TrainingFlows(featureNames, flags.group?.split(",") ?? [], flags.weight);
	await readFlows(names, flags, flows, say);
	const matrix = flows.matrix(flags.balance);
	const miners = matrix.labels.reduce((sum, label) => sum + label, 0);
	say(`${matrix.rows} flows (${miners} miners), ${featureNames.length} features`);
	if (flows.unlabelled > 0) say(`left out ${flows.unlabelled} flows without the label Miner or Other`);
	if (flows.shapeless > 0) say(`left out ${flows.shapeless} flows with too few packets or without packet lists`);

	const quality = flags.folds > 0 ? await judged(matrix, flags, say) : undefined;
	const ensemble = await learn(matrix, flags, progressOf("learning", say));
	const model = modelOf(ensemble, matrix, flags, names, await fileHashes(names), quality);
	replaceFile(flags.output, saveModel(model));
	for (const line of summary(model.card.quality ?? [], quality)) console.log(line);
	console.log(`${flags.output}: written`);
}

async function readFlows(
	names: readonly string[],
	flags: TrainFlags,
	into: TrainingFlows,
	say: (line: string) => void,
): Promise<void> {
	const inputs = new InputList(names);
	for (let input = await inputs.next(); input; input = await inputs.next()) {
		const opened = await openInput(input, inputOptions(flags, {}, say));
		if (opened === undefined) continue;
		if (opened.isCapture) throw new UsageError(`${input.name}: a capture has no labels; meter it and label its flows`);
		for await (const batch of opened.source) into.add(batch);
		for (const [reason, count] of Object.entries(opened.source.counters.malformed)) {
			say(`${input.name}: ${count} malformed: ${reason}`);
		}
	}
	if (into.rows === 0)
		throw new DeCryptoError("training", "none of the flows has a label, enough packets and packet lists");
}

/** Judges by models that have not seen the judged flow's group. */
async function judged(
	matrix: TrainingMatrix,
	flags: TrainFlags,
	say: (line: string) => void,
): Promise<TrainingQuality> {
	const folds = groupedFolds(matrix.groups, matrix.weights, flags.folds, flags.seed);
	const outOfFold = await crossValidate(matrix, folds, (rest, fold) =>
		learn(rest, flags, progressOf(`fold ${fold + 1} of ${flags.folds}`, say)),
	);
	const how = `each judged by a model that had not seen its ${flags.group ?? "conversation"} (${flags.folds} folds); the threshold was chosen on the ordinary ones`;
	return qualityOf(outOfFold, matrix.labels, folds, flags.falsePositives, how);
}

async function learn(
	matrix: TrainingMatrix,
	flags: TrainFlags,
	onProgress: (done: number, total: number) => void,
): Promise<Ensemble> {
	const maxDepth = flags.depth ?? Infinity;
	const minSamplesLeaf = flags.samplesLeaf ?? SAMPLES_LEAF[flags.learner];
	const trees = flags.trees ?? TREES[flags.learner];
	const { seed, threads } = flags;
	if (flags.learner === "forest") {
		return (await trainForest(matrix, { seed, threads, trees, maxDepth, minSamplesLeaf, onProgress })).ensemble;
	}
	const ensembles: Ensemble[] = [];
	for (let k = 0; k < flags.average; k++) {
		const { learningRate, leaves: maxLeaves } = flags;
		const settings = { rounds: trees, maxDepth, minSamplesLeaf, learningRate, maxLeaves, threads, onProgress };
		ensembles.push(
			await trainBoosted(matrix, { ...settings, seed: seed + k, featureShare: flags.average > 1 ? 0.5 : 1 }),
		);
	}
	return averaged(ensembles);
}

function modelOf(
	ensemble: Ensemble,
	matrix: TrainingMatrix,
	flags: TrainFlags,
	names: readonly string[],
	sha256: readonly string[],
	quality: TrainingQuality | undefined,
): Model {
	const { learner, trees = TREES[learner], leaves, depth = null, learningRate, seed, average, falsePositives } = flags;
	const miners = matrix.labels.reduce((sum, label) => sum + label, 0);
	return {
		featureNames: matrix.featureNames,
		classes: ["Other", "Miner"],
		...(quality && {
			thresholds: { ml: quality.threshold, dst: quality.combination.dst },
			reliability: quality.combination.reliability,
		}),
		ensemble,
		card: {
			name: flags.name ?? basename(flags.output).replace(/\.[^.]*$/, ""),
			origin: "decrypto train",
			parameters: { learner, trees, leaves, depth, learningRate, seed, average, falsePositives },
			sources: [
				{
					name: names.map((name) => basename(name)).join(", "),
					licence: "",
					miners,
					others: matrix.rows - miners,
					sha256,
				},
			],
			...(quality && { quality: quality.figures }),
		},
	};
}

function summary(figures: readonly CardFigure[], quality: TrainingQuality | undefined): string[] {
	if (quality === undefined) return [];
	const lines = figures.map(({ measure, value, low, high, on }) => {
		const interval = low === undefined || high === undefined ? "" : ` (95 %: ${low.toFixed(4)} … ${high.toFixed(4)})`;
		return `${measure} ${value.toFixed(4)}${interval}: ${on}`;
	});
	const { reliability, dst } = quality.combination;
	return [
		`threshold ${quality.threshold.toFixed(4)}; beside a server name ${dst.toFixed(4)}, reliability ${reliability.toFixed(4)}`,
		...lines,
	];
}

/** A line for every tenth of the work. */
function progressOf(what: string, say: (line: string) => void): (done: number, total: number) => void {
	let tenths = 0;
	return (done, total) => {
		const now = Math.floor((10 * done) / total);
		if (now > tenths) say(`${what}: ${done} of ${total} trees`);
		tenths = now;
	};
}
