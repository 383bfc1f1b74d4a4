import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import fc from "fast-check";
import { goldenFlows, goldenLines } from "../../lab/golden-flows.ts";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { detect } from "../detect/detect.ts";
import { createDetectMemory, createDetector } from "../detect/detector.ts";
import { DEFAULT_OPTIONS, type DetectOptions } from "../detect/options.ts";
import { REASON, VerdictColumns } from "../detect/verdicts.ts";
import { ListColumnBuilder } from "../flow/columns-builder.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import type { Model } from "../forest/model.ts";
import { openModel } from "../forest/open-model.ts";
import { countVerdicts, createVerifyCounts, qualityOf, type VerifyCounts } from "./confusion.ts";
import { fixed, originalVerifyText, pythonGeneral } from "./original-verify-text.ts";
import { verifyFigures, verifyTable } from "./verify-report.ts";

const DETECTOR = "golden/detector";
const skip = needsShared(DETECTOR);
const PRINTED_MODEL_PATH = "../models/data_symmetry.pickle";
let model: Model;
const inputs = new Map<string, FlowColumns>();

before(async () => {
	if (skip) return;
	model = openModel(sharedPath(`${DETECTOR}/model/data_symmetry.pickle`)!);
	const corpus = await goldenFlows(`${DETECTOR}/inputs/corpus.trapcap.gz`);
	const labels = goldenLines(`${DETECTOR}/inputs/labels60k.txt.gz`);
	inputs.set("expected", labelled({ ...corpus, length: labels.length }, labels));
	inputs.set("expected10k", await goldenFlows(`${DETECTOR}/inputs/l10k.trapcap.gz`));
});

function labelled(flows: FlowColumns, labels: readonly string[]): FlowColumns {
	const label = new ListColumnBuilder<Uint8Array>(Uint8Array);
	for (const text of labels) {
		label.append(Buffer.from(text));
		label.endFlow();
	}
	return { ...flows, extras: { label } };
}

function counted(flows: FlowColumns, options: DetectOptions): VerifyCounts {
	const counts = createVerifyCounts();
	countVerdicts(
		counts,
		flows,
		detect(flows, createDetector(model, options), createDetectMemory(options), new VerdictColumns(options)),
	);
	return counts;
}

/** The text without the totals at its end. */
function pathsOf(text: string): string {
	return text.slice(0, text.indexOf("\nTP: "));
}

test("the -v texts of the original, letter for letter; with a cache its paths, for its totals leave the cache out", {
	skip,
}, (t) => {
	let same = 0;
	let paths = 0;
	for (const [folder, flows] of inputs) {
		for (const [name, compat] of [
			["cy2", "cython0.29"],
			["cy3", "cython3"],
		] as const) {
			for (const run of ["v", "v_c", "v_cf", "v_d0.5_t0.5", "v_f"]) {
				const cache = run.includes("_c");
				const filter = run.endsWith("f");
				const threshold = run.includes("_d") ? 0.5 : undefined;
				const thresholds = { dstThreshold: threshold ?? 0.03, mlThreshold: threshold ?? 0.99 };
				const counts = counted(flows, { ...DEFAULT_OPTIONS, compat, cache, filter, ...thresholds });
				const expected = readFileSync(sharedPath(`${DETECTOR}/${folder}/${name}/${run}.stdout.txt`)!, "utf8");
				const text = originalVerifyText(counts, { ...thresholds, cache, filter, modelPath: PRINTED_MODEL_PATH });
				if (!cache) assert.equal(text, expected, `${folder}/${name}/${run}`);
				else {
					assert.equal(pathsOf(text), pathsOf(expected), `${folder}/${name}/${run}`);
					const withoutCache = { ...counts, paths: counts.paths.with(REASON.CACHE, createVerifyCounts().paths[0]!) };
					const { tp, fp, fn, tn, flows: total } = verifyFigures(withoutCache).all;
					const shown = [...expected.matchAll(/^(?:TP|FP|FN|TN|Total flows processed): (\d+)/gm)].map(([, n]) =>
						Number(n),
					);
					assert.deepEqual([tp, fp, fn, tn, total], shown, `${folder}/${name}/${run}`);
					paths++;
				}
				same++;
			}
		}
	}
	t.diagnostic(`${same} texts, 0 different; in ${paths} of them the totals count the cache as well`);
});

test("flows are counted by the signal that decided them, and invalid labels separately", () => {
	const [flow] = fc.sample(arbitraryFlow(), { seed: 3, numRuns: 1 });
	const labels = ["Miner", "Other", "Miner", "Other", "miner", "", "Miner", "Other"];
	const flows = columnsOfFlows(labels.map((label) => ({ ...flow!, label })));
	const verdicts = new VerdictColumns();
	verdicts.reset(labels.length);
	verdicts.decidedBy.set([
		REASON.STRATUM,
		REASON.ML,
		REASON.ML,
		REASON.DST,
		REASON.ML,
		REASON.ML,
		REASON.NONE,
		REASON.ML,
	]);
	verdicts.reasons.set([REASON.STRATUM, REASON.NONE, REASON.NONE, REASON.DST, REASON.ML, 0, 0, 0]);
	verdicts.skipped[7] = 1;
	const counts = createVerifyCounts();
	countVerdicts(counts, flows, verdicts);
	const { paths, all, unlabelled } = verifyFigures(counts);
	assert.equal(unlabelled, 2);
	assert.deepEqual([paths.stratum.tp, paths.ml.fn, paths.ml.tn, paths.dst.fp, paths.not_judged.fn], [1, 1, 1, 1, 1]);
	assert.deepEqual([all.flows, all.tp, all.fp, all.fn, all.tn], [5, 1, 1, 2, 1]);
	assert.equal(all.recall, 1 / 3);
	assert.equal(paths.cache.accuracy, null, "nothing was counted there");
	assert.match(verifyTable(counts), /^all +5 +1 +1 +2 +1 +40\.00 % +50\.00 % +33\.33 % +40\.00 % +0\.500$/m);
	assert.doesNotMatch(verifyTable(counts), /^cache/m, "a path without flows is not shown");
});

test("an input without flows yields no figures, and no exception", () => {
	const counts = createVerifyCounts();
	assert.equal(verifyFigures(counts).all.accuracy, null);
	assert.match(
		originalVerifyText(counts, { dstThreshold: 1, mlThreshold: 0, modelPath: "m", cache: true, filter: false }),
		/=> 1\.0\n/,
	);
});

test("F1 is the harmonic mean of precision and recall", () => {
	const count = fc.integer({ min: 1, max: 1e6 });
	fc.assert(
		fc.property(count, count, count, count, (truePositives, falsePositives, falseNegatives, trueNegatives) => {
			const quality = qualityOf({ truePositives, falsePositives, falseNegatives, trueNegatives });
			const { precision, recall } = quality;
			assert.ok(Math.abs(quality.f1 - (2 * precision * recall) / (precision + recall)) < 1e-12);
		}),
	);
});

test("numbers are written as Python writes them", () => {
	const general = [0, 5, 12.5, 100, 9.605, 12.125, 1.234e-5, 0.0001234, 99.995, 99.99].map((v) => pythonGeneral(v, 4));
	assert.deepEqual(general, [
		"0.0",
		"5.0",
		"12.5",
		"100.0",
		"9.605",
		"12.12",
		"1.234e-05",
		"0.0001234",
		"100.0",
		"99.99",
	]);
	assert.deepEqual(
		[0.03125, 0.09375, 53.03125, 53.09375].map((v) => fixed(v, 4)),
		["0.0312", "0.0938", "53.0312", "53.0938"],
	);
});
