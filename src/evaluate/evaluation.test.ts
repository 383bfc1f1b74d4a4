import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { detect } from "../detect/detect.ts";
import { createDetectMemory, createDetector } from "../detect/detector.ts";
import { tensOfBytesModel } from "../detect/model.testing.ts";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { arbitraryShapelyFlow } from "../detect/shapely-flow.testing.ts";
import { REASON, VerdictColumns } from "../detect/verdicts.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { CHART_STYLE } from "./chart.ts";
import { sumOf, totalOf } from "./confusion.ts";
import { Evaluation } from "./evaluation.ts";
import { chartsFile } from "./evaluation-charts.ts";
import { evaluationFigures } from "./evaluation-figures.ts";
import { evaluationText } from "./evaluation-text.ts";
import { FlowScores } from "./flow-scores.ts";
import { reportPage } from "./report-page.ts";

const someFlow: fc.Arbitrary<Flow> = fc
	.tuple(
		fc.oneof(arbitraryShapelyFlow(), arbitraryFlow()),
		fc.nat(120),
		fc.constantFrom("Miner", "Other", "Other", "unknown"),
		fc.constantFrom("", "", "www.example.org", "eth.2miners.com", "mining-news.example"),
		fc.constantFrom("", '{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"4"}}'),
	)
	.map(([flow, bytes, label, serverName, payload]) => ({
		...flow,
		bytes,
		label,
		serverName,
		payload: Uint8Array.from(Buffer.from(payload)),
		payloadReverse: new Uint8Array(0),
	}));

function decisions(flows: FlowColumns, reliability: number, mlThreshold: number): boolean[] {
	const options = { ...DEFAULT_OPTIONS, mlThreshold };
	const verdicts = detect(
		flows,
		createDetector(tensOfBytesModel({ reliability }), options),
		createDetectMemory(options),
		new VerdictColumns(options),
	);
	return Array.from({ length: flows.length }, (_, i) => verdicts.reasons[i] !== REASON.NONE);
}

test("a flow's score is the threshold below which the detector reports a miner, with any other evidence", () => {
	fc.assert(
		fc.property(
			fc.array(someFlow, { minLength: 1, maxLength: 12 }),
			fc.constantFrom(1, 0.8),
			fc.nat(20).map((twentieths) => twentieths / 20 + 0.013),
			(drawn, reliability, drawnThreshold) => {
				const flows = columnsOfFlows(drawn);
				const threshold = Math.min(1, drawnThreshold);
				const options = { ...DEFAULT_OPTIONS, mlThreshold: 0.5 };
				const detector = createDetector(tensOfBytesModel({ reliability }), options);
				const scores = new FlowScores(detector);
				scores.compute(flows, detect(flows, detector, createDetectMemory(options), new VerdictColumns(options)));
				const said = decisions(flows, reliability, threshold);
				assert.deepEqual(
					said.map((_, i) => scores.whole[i]! > threshold),
					said,
				);
			},
		),
		{ numRuns: 300 },
	);
});

function evaluated(column?: string) {
	const evaluation = new Evaluation("tens <of> bytes", createDetector(tensOfBytesModel(), DEFAULT_OPTIONS), column);
	const flows = fc.sample(someFlow, { numRuns: 200, seed: 5 });
	const wrong = [flows.slice(0, 90), flows.slice(90)].flatMap((part) => evaluation.take(columnsOfFlows(part)));
	return { result: evaluation.result(0.01), wrong, flows };
}

test("verdicts are counted by signal, by column value and in total, and the wrong ones are returned", () => {
	const { result, wrong, flows } = evaluated("TLS_SNI");
	const all = sumOf(result.counts.paths);
	assert.equal(totalOf(all), flows.filter(({ label }) => label !== "unknown").length);
	assert.equal(result.counts.unlabelled, flows.filter(({ label }) => label === "unknown").length);
	assert.equal(wrong.filter(({ kind }) => kind === "missed").length, all.falseNegatives);
	assert.equal(wrong.filter(({ kind }) => kind === "false alarm").length, all.falsePositives);
	assert.equal(result.groups.length, 4);
	assert.deepEqual(sumOf(result.groups.flatMap(({ counts }) => counts.paths)), all);
	assert.equal(result.whole.miners, flows.filter(({ label }) => label === "Miner").length);
	assert.ok(result.shape.miners + result.shape.others < totalOf(all));
});

test("counting by a missing column lists the available columns", () => {
	assert.throws(() => evaluated("SITE"), /no column SITE; there are SRC_PORT, DST_PORT, PROTOCOL, TLS_SNI/);
});

test("the figures are plain JSON, and the text has a line for each of them", () => {
	const { result } = evaluated("DST_PORT");
	const figures = evaluationFigures(result);
	assert.deepEqual(JSON.parse(JSON.stringify(figures)), figures);
	const text = evaluationText([result, result], "DST_PORT");
	assert.match(text, /decided by +flows +TP/);
	assert.match(text, /DST_PORT +flows/);
	assert.match(text, /area under the ROC curve 0\.\d{4}/);
});

test("the page is self-contained, and shows names as text, not as markup", () => {
	const { result } = evaluated("TLS_SNI");
	const page = reportPage([result, result], {
		inputs: ["a&b.csv"],
		command: "decrypto evaluate <x>",
		malformed: 2,
		made: Date.UTC(2026, 2, 1),
		version: "1.2.3",
		column: "TLS_SNI",
	});
	assert.doesNotMatch(page, /<script|src=|href=|@import|url\(/);
	assert.match(page, /tens &lt;of&gt; bytes/);
	assert.match(page, /a&amp;b\.csv/);
	assert.match(page, /Made on 2026-03-01 00:00:00 UTC by DeCrypto 1\.2\.3/);
	assert.match(page, /: the same features/);
	assert.match(page, /class="mark s0" d="M[\d. ]+m-4\.5/, "bins of the calibration are squares");
	assert.equal(page.match(/<svg /g)!.length, 3);
	assert.doesNotMatch(page, /NaN|undefined|Infinity/);
});

test("a page and curves can be made with only miners, or only others", () => {
	for (const label of ["Miner", "Other"]) {
		const evaluation = new Evaluation("one-sided", createDetector(tensOfBytesModel(), DEFAULT_OPTIONS));
		evaluation.take(columnsOfFlows(fc.sample(someFlow, { numRuns: 20, seed: 6 }).map((flow) => ({ ...flow, label }))));
		const result = evaluation.result(1e-4);
		assert.doesNotMatch(
			reportPage([result], { inputs: ["x"], command: "", malformed: 0, made: 0, version: "1" }),
			/NaN|undefined|Infinity/,
		);
		assert.doesNotMatch(evaluationText([result]), /NaN|undefined|Infinity/);
	}
});

test("the curves alone are one drawing with its own style", () => {
	const { result } = evaluated();
	const svg = chartsFile([result]);
	assert.ok(svg.startsWith("<svg xmlns="));
	assert.ok(svg.includes(CHART_STYLE));
	assert.equal(svg.match(/<svg /g)!.length, svg.match(/<\/svg>/g)!.length);
});
