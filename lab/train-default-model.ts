import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { saveModel } from "../src/forest/file/model-file.ts";
import type { CardSource, Model } from "../src/forest/model.ts";
import { modelReadme } from "./model-readme.ts";
import { calibrate } from "./shape/calibration.ts";
import type { Example } from "./shape/examples.ts";
import { judgeUnseen, trainOn } from "./shape/leave-one-out.ts";
import { hasRealFlows } from "./shape/real-flows.ts";
import { DEFAULT_RECIPE } from "./shape/recipe.ts";
import { trainingExamples } from "./shape/training-data.ts";
import { weightsOf } from "./shape/weights.ts";
import { sharedPath } from "./shared-data.ts";

// Makes models/default.model and its card for people, models/README.md, anew from the reference flows and the laboratory: `node lab/train-default-model.ts`.
// The same data and the same recipe give the same file.

const LICENCES: Readonly<Record<string, string>> = {
	"cesnet-miner22-sample": "see the data set (CESNET-MINER22)",
	laboratory: "BSD-3-Clause (scripted here)",
};
const README = fileURLToPath(new URL("../models/README.md", import.meta.url));
const OUTPUT = fileURLToPath(new URL("../models/default.model", import.meta.url));

if (!hasRealFlows()) {
	console.error(
		"train-default-model: the reference flows (../shared) are not here; a model without them would be another",
	);
	process.exit(1);
}
const examples = await trainingExamples(DEFAULT_RECIPE);
console.log(`${examples.all.length} flows`);

const unseen = await judgeUnseen(examples, DEFAULT_RECIPE);
const calibration = calibrate(examples, unseen);
console.log("thresholds", calibration.thresholds, "reliability", calibration.reliability);

const everything = examples.where(() => true);
const ensemble = await trainOn(examples, everything, DEFAULT_RECIPE);
const { boosting, conversations, draws, shares } = DEFAULT_RECIPE;
const model: Model = {
	featureNames: DEFAULT_RECIPE.featureNames,
	classes: ["Other", "Miner"],
	thresholds: calibration.thresholds,
	reliability: calibration.reliability,
	ensemble,
	card: {
		name: "default",
		origin: "decrypto lab/train-default-model.ts",
		summary:
			"Recognises mining by the rhythm of a flow: work pushed by a pool that nobody acknowledges, shares at random times with short replies. Trained on real miners, the same miners inside TLS, scripted miners, and real and scripted ordinary traffic.",
		parameters: {
			...plainSettings(boosting),
			draws,
			conversations,
			...plainSettings(shares),
			...plainSettings(shares.miners, "ofMiners "),
			...plainSettings(shares.others, "ofOthers "),
		},
		sources: cardSources(examples.all),
		quality: calibration.figures,
	},
};
const bytes = saveModel(model);
writeFileSync(OUTPUT, bytes);
writeFileSync(README, modelReadme(model));
console.log(`${OUTPUT}: ${bytes.length} bytes`);

function cardSources(all: readonly Example[]): CardSource[] {
	const weights = weightsOf(all, DEFAULT_RECIPE.shares);
	const whole = weights.reduce((sum, weight) => sum + weight, 0);
	const licences = licencesOfManifest();
	const sources = Map.groupBy(all.keys(), (i) => all[i]!.source);
	/** Of the real flows those that were seen, not what each draw made of them. */
	const count = (rows: readonly number[], isMiner: boolean) =>
		rows.filter((i) => all[i]!.isMiner === isMiner && (all[i]!.origin === "real" || all[i]!.origin === "simulated"))
			.length;
	return [...sources].map(([name, rows]) => ({
		name,
		licence: LICENCES[name] ?? licences.get(name) ?? "unknown",
		miners: count(rows, true),
		others: count(rows, false),
		weight: rows.reduce((sum, i) => sum + weights[i]!, 0) / whole,
	}));
}

function licencesOfManifest(): Map<string, string> {
	const lines = readFileSync(sharedPath("data/captures/MANIFEST.csv")!, "utf8").trim().split("\n").slice(1);
	return new Map(lines.map((line) => line.split(",")).map(([file, , , licence]) => [file!.split("/")[0]!, licence!]));
}

function plainSettings(settings: object, prefix = ""): Record<string, number> {
	const numbers = Object.entries(settings).filter(([, value]) => typeof value === "number");
	return Object.fromEntries(numbers.map(([name, value]) => [`${prefix}${name}`, value as number]));
}
