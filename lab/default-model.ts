import { readFileSync } from "node:fs";
import type { CardSource, Model } from "../src/forest/model.ts";
import type { Calibration } from "./shape/calibration.ts";
import type { Example, Examples } from "./shape/examples.ts";
import { trainOn } from "./shape/leave-one-out.ts";
import { DEFAULT_RECIPE } from "./shape/recipe.ts";
import { weightsOf } from "./shape/weights.ts";
import { sharedPath } from "./shared-data.ts";

const LICENCES: Readonly<Record<string, string>> = {
	"cesnet-miner22-sample": "see the data set (CESNET-MINER22)",
	laboratory: "BSD-3-Clause (scripted here)",
};
const SERVICE_LICENCE = "BSD-3-Clause (service laboratory)";

/** The model of the default recipe, trained on all examples, with thresholds and figures of the calibration. */
export async function makeDefaultModel(examples: Examples, calibration: Calibration): Promise<Model> {
	const everything = examples.where(() => true);
	const ensemble = await trainOn(examples, everything, DEFAULT_RECIPE);
	const { boosting, conversations, draws, shares } = DEFAULT_RECIPE;
	return {
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
}

function cardSources(all: readonly Example[]): CardSource[] {
	const weights = weightsOf(all, DEFAULT_RECIPE.shares);
	const whole = weights.reduce((sum, weight) => sum + weight, 0);
	const licences = licencesOfManifest();
	const sources = Map.groupBy(all.keys(), (i) => all[i]!.source);
	/** Of the real flows those that were seen, not what each draw made of them. */
	const count = (rows: readonly number[], isMiner: boolean) =>
		rows.filter((i) => all[i]!.isMiner === isMiner && all[i]!.origin !== "variant" && all[i]!.origin !== "relative")
			.length;
	return [...sources].map(([name, rows]) => ({
		name,
		licence:
			LICENCES[name] ?? licences.get(name) ?? (all[rows[0]!]!.origin === "service" ? SERVICE_LICENCE : "unknown"),
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
