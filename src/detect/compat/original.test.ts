import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { before, test } from "node:test";
import { goldenFlows, goldenLines } from "../../../lab/golden-flows.ts";
import { needsShared, sharedPath } from "../../../lab/shared-data.ts";
import type { FlowColumns } from "../../flow/flow-columns.ts";
import type { Model } from "../../forest/model.ts";
import { openModel } from "../../forest/open-model.ts";
import { bufferFlows } from "../buffer.ts";
import { detect } from "../detect.ts";
import { createDetectMemory, createDetector } from "../detector.ts";
import { DEFAULT_OPTIONS, type DetectOptions } from "../options.ts";
import { REASON, REASON_NAMES, VerdictColumns } from "../verdicts.ts";
import { type CompatArithmetic, computeOriginalFeatures, ORIGINAL_OBSTACLE } from "./original-arithmetic.ts";

const DETECTOR = "golden/detector";
const skip = needsShared(DETECTOR);
const ARITHMETICS: Readonly<Record<string, CompatArithmetic>> = { cy2: "cython0.29", cy3: "cython3" };

let model: Model;
const inputs = new Map<string, FlowColumns>();

before(async () => {
	if (skip) return;
	model = openModel(sharedPath(`${DETECTOR}/model/data_symmetry.pickle`)!);
	for (const name of ["corpus", "c10k", "l10k"]) {
		inputs.set(name, await goldenFlows(`${DETECTOR}/inputs/${name}.trapcap.gz`));
	}
});

/** The first flows of a batch. */
function head(flows: FlowColumns, length: number): FlowColumns {
	return { ...flows, length: Math.min(length, flows.length) };
}

/** `cf_b777_d0.5_t0.5` names the options `-c -f -b 777 -d 0.5 -t 0.5`. */
function optionsOf(run: string, compat: CompatArithmetic): { options: DetectOptions; buffer: number } {
	const number = (letter: string) => {
		const found = run.match(new RegExp(`(?:^|_)${letter}(\\d[\\d.]*)`));
		return found ? Number(found[1]) : undefined;
	};
	const flags = run.split("_");
	const mlThreshold = number("t");
	const dstThreshold = number("d");
	return {
		options: {
			...DEFAULT_OPTIONS,
			compat,
			cache: flags.includes("c") || flags.includes("cf"),
			filter: flags.includes("f") || flags.includes("cf"),
			...(mlThreshold !== undefined && { mlThreshold }),
			...(dstThreshold !== undefined && { dstThreshold }),
		},
		buffer: number("b") ?? 100_000,
	};
}

async function reports(flows: FlowColumns, options: DetectOptions, buffer: number): Promise<string[]> {
	const detector = createDetector(model, options);
	const memory = createDetectMemory(options);
	const verdictColumns = new VerdictColumns(options);
	const source = (async function* () {
		yield flows;
	})();
	const lines: string[] = [];
	for await (const batch of bufferFlows(source, { flows: buffer, bytes: 2 ** 30 })) {
		const verdicts = detect(batch, detector, memory, verdictColumns);
		for (let k = 0; k < verdicts.minerCount; k++) {
			const i = verdicts.miners[k]!;
			lines.push(`${batch.firstIndex + i},${Math.min(verdicts.reasons[i]!, REASON.ML)}`);
		}
	}
	return lines;
}

async function compare(folder: string, inputOf: (run: string) => FlowColumns): Promise<string> {
	let runs = 0;
	let flows = 0;
	let reported = 0;
	for (const [name, compat] of Object.entries(ARITHMETICS)) {
		const files = readdirSync(sharedPath(`${DETECTOR}/${folder}/${name}`)!);
		for (const file of files.filter((file) => file.endsWith(".csv.gz") && file !== "probas.csv.gz")) {
			const run = file.replace(".csv.gz", "").replace("b1_first", "b1");
			const input = inputOf(run);
			const { options, buffer } = optionsOf(run, compat);
			const expected = goldenLines(`${DETECTOR}/${folder}/${name}/${file}`).slice(1);
			const got = await reports(input, options, buffer);
			if (file.startsWith("b1_first")) got.length = Math.min(got.length, expected.length);
			assert.equal(firstDifference(got, expected), undefined, `${folder}/${name}/${file}`);
			runs++;
			flows += input.length;
			reported += expected.length;
		}
	}
	return `${runs} runs, ${flows} flows, ${reported} reports in order, 0 different`;
}

function firstDifference(got: readonly string[], expected: readonly string[]): string | undefined {
	const at = expected.findIndex((line, k) => line !== got[k]);
	if (at >= 0) return `report ${at}: ${got[at]} for ${expected[at]}`;
	return got.length === expected.length ? undefined : `${got.length} reports for ${expected.length}`;
}

test("200,000 flows under every set of options: the original's reports, in its order", { skip }, async (t) => {
	t.diagnostic(
		await compare("expected", (run) =>
			run.startsWith("v") ? head(inputs.get("corpus")!, 60_000) : inputs.get("corpus")!,
		),
	);
});

test("the first 10,000 of them, labelled and not", { skip }, async (t) => {
	t.diagnostic(await compare("expected10k", (run) => inputs.get(run.startsWith("v") ? "l10k" : "c10k")!));
});

test("features and probabilities equal the original's, bit by bit", { skip }, (t) => {
	const flows = inputs.get("corpus")!;
	const detector = createDetector(model, DEFAULT_OPTIONS);
	const row = new Float64Array(12);
	const out = new Float64Array(1);
	const bits = new DataView(out.buffer);
	let accepted = 0;
	for (const [name, arithmetic] of Object.entries(ARITHMETICS)) {
		const [header, ...lines] = goldenLines(`${DETECTOR}/expected/${name}/probas.csv.gz`);
		const columns = header!.split(",");
		for (const line of lines) {
			const cells = line.split(",");
			const probability = cells[columns.indexOf("proba_hex")]!;
			if (probability === "") continue;
			accepted++;
			const i = Number(cells[0]);
			assert.equal(computeOriginalFeatures(flows, i, arithmetic, row, 0), ORIGINAL_OBSTACLE.NONE);
			detector.model.featureNames.forEach((feature, k) => {
				const column = columns.indexOf(feature);
				if (column >= 0) assert.equal(row[k], Number(cells[column]), `flow ${i}: ${feature}`);
			});
			detector.predictor.probabilities(row, 1, out);
			assert.equal(bits.getBigUint64(0, true).toString(16).padStart(16, "0"), probability, `flow ${i}`);
		}
	}
	t.diagnostic(`${accepted} rows of 12 features and a probability, 0 different`);
});

const END_TO_END = "golden/end-to-end";

test("17,751 real flows: what the original reports of them", { skip: needsShared(END_TO_END) }, async (t) => {
	const flows = await goldenFlows(`${END_TO_END}/flows.trapcap.gz`);
	const expected = goldenLines(`${END_TO_END}/original-cython0.29.csv.gz`).slice(1);
	const got = await reports(flows, { ...DEFAULT_OPTIONS, compat: "cython0.29" }, 100_000);
	assert.equal(firstDifference(got, expected), undefined);
	const by = REASON_NAMES.map((name, k) => `${expected.filter((line) => line.endsWith(`,${k}`)).length} ${name}`);
	t.diagnostic(`${flows.length} flows, ${expected.length} reports (${by.slice(1, 4).join(", ")}), 0 different`);
});

test("a sender's template with other fields in another order changes nothing", { skip }, async () => {
	const options: DetectOptions = { ...DEFAULT_OPTIONS, compat: "cython0.29" };
	const superset = await goldenFlows(`${DETECTOR}/inputs/superset_1000.trapcap.gz`);
	const plain = await reports(head(inputs.get("corpus")!, 1000), options, 100_000);
	assert.deepEqual(await reports(superset, options, 100_000), plain);
});
