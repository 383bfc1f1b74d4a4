import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { goldenFlows } from "../lab/golden-flows.ts";
import { judgeUnseen } from "../lab/shape/leave-one-out.ts";
import { hasRealFlows } from "../lab/shape/real-flows.ts";
import { realityCheck } from "../lab/shape/reality-check.ts";
import { DEFAULT_RECIPE } from "../lab/shape/recipe.ts";
import { trainingExamples } from "../lab/shape/training-data.ts";
import { sharedPath } from "../lab/shared-data.ts";
import { detect } from "../src/detect/detect.ts";
import { createDetectMemory, createDetector } from "../src/detect/detector.ts";
import { DEFAULT_OPTIONS } from "../src/detect/options.ts";
import { VerdictColumns } from "../src/detect/verdicts.ts";
import type { Model } from "../src/forest/model.ts";
import { openModel } from "../src/forest/open-model.ts";
import { reportEvasions } from "./evasion-report.ts";
import { reportMeteredLook } from "./metered-look.ts";
import { UnseenReport } from "./unseen-report.ts";

// How well the default model's recipe judges sources that it has not seen: `npm run evaluate:model`. All sources are in five
// folds; each is judged by a model that was trained without its fold, at a threshold that was chosen on the other folds.
// `-- 2` judges the recipe on a second set of the laboratory's draws, `-- 1 2` with a set of two.

const ORIGINAL = "golden/detector/model/data_symmetry.pickle";
const SET = Number(process.argv[2] ?? 1);
const RECIPE = { ...DEFAULT_RECIPE, draws: Number(process.argv[3] ?? DEFAULT_RECIPE.draws) };
const METERED = "golden/end-to-end/flows.trapcap.gz";
const KERNEL_ROUNDS = 20;
const MODEL = fileURLToPath(new URL("../models/default.model", import.meta.url));

if (!hasRealFlows() || sharedPath(ORIGINAL) === undefined) {
	console.log(
		"evaluate:model: skipped, it needs the reference data ../shared (flows, captures' flows, the original's model)",
	);
	process.exit(0);
}

// Before the examples, whose memory would be in the way.
const begin = performance.now();
const model = openModel(MODEL);
const loading = performance.now() - begin;
await reportShipped(model, loading);
await reportMeteredLook(model);
reportEvasions(model);

const examples = await trainingExamples(RECIPE, SET);
const report = new UnseenReport(
	examples,
	await judgeUnseen(examples, RECIPE),
	RECIPE,
	openModel(sharedPath(ORIGINAL)!),
);
report.reportMiners();
report.reportOthers();
await report.reportDisguises(SET);
await reportReality();

async function reportShipped(model: Model, loading: number): Promise<void> {
	const { thresholds, reliability, ensemble } = model;
	console.log(
		`models/default.model: ${statSync(MODEL).size} bytes, read in ${loading.toFixed(0)} ms, ${ensemble.roots.length - 1} trees, ${ensemble.feature.length} nodes; thresholds ml ${thresholds?.ml}, dst ${thresholds?.dst}; reliability ${reliability}`,
	);
	console.log(`  decides ${(await kernelRate(model)).toFixed(2)} million of the ${METERED} a second on one thread`);
}

/** Millions of real flows a second from decoded batches to verdicts; the best of some rounds. */
async function kernelRate(model: Model): Promise<number> {
	const flows = await goldenFlows(METERED);
	const detector = createDetector(model, DEFAULT_OPTIONS);
	const verdicts = new VerdictColumns(DEFAULT_OPTIONS);
	let best = Infinity;
	for (let round = 0; round < KERNEL_ROUNDS; round++) {
		const begin = performance.now();
		detect(flows, detector, createDetectMemory(DEFAULT_OPTIONS), verdicts);
		best = Math.min(best, performance.now() - begin);
	}
	return flows.length / best / 1e3;
}

async function reportReality(): Promise<void> {
	console.log("\nis the laboratory like reality? a classifier that tells simulated from real flows");
	for (const isMiner of [true, false]) {
		const { area, telling } = await realityCheck(examples, isMiner, RECIPE.featureNames);
		const list = telling.map(({ name, share }) => `${name} ${share.toFixed(2)}`).join(", ");
		console.log(
			`  ${isMiner ? "miners" : "ordinary flows"}: area under the ROC curve ${area.toFixed(4)}; it looks at ${list}`,
		);
	}
}
