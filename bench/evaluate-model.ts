import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { goldenFlows } from "../lab/golden-flows.ts";
import { markdownTable } from "../lab/markdown-table.ts";
import { chooseThreshold } from "../lab/shape/calibration.ts";
import { drawsOf, type Example } from "../lab/shape/examples.ts";
import { FOLDS, foldOf, judge, judgeUnseen } from "../lab/shape/leave-one-out.ts";
import { disguisedMiners, hasRealFlows } from "../lab/shape/real-flows.ts";
import { realityCheck } from "../lab/shape/reality-check.ts";
import { DEFAULT_RECIPE } from "../lab/shape/recipe.ts";
import { trainingExamples } from "../lab/shape/training-data.ts";
import { sharedPath } from "../lab/shared-data.ts";
import { detect } from "../src/detect/detect.ts";
import { createDetectMemory, createDetector } from "../src/detect/detector.ts";
import { DEFAULT_OPTIONS } from "../src/detect/options.ts";
import { VerdictColumns } from "../src/detect/verdicts.ts";
import { clopperPearson } from "../src/evaluate/interval.ts";
import type { Model } from "../src/forest/model.ts";
import { openModel } from "../src/forest/open-model.ts";
import { reportEvasions } from "./evasion-report.ts";
import { reportMeteredLook } from "./metered-look.ts";

// How well the default model's recipe judges sources that it has not seen: `npm run evaluate:model`. All sources are in five
// folds; each is judged by a model that was trained without its fold, at a threshold that was chosen on the other folds.
// `-- 2` judges the recipe on a second set of the laboratory's draws, `-- 1 2` with a set of two.

const ORIGINAL = "golden/detector/model/data_symmetry.pickle";
const ORIGINAL_THRESHOLD = 0.99;
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
const { all } = examples;
const [firstDraw] = drawsOf(all);
const { models, scores } = await judgeUnseen(examples, RECIPE);
const thresholds = Array.from({ length: FOLDS }, (_, fold) => thresholdOf(fold));
const original = openModel(sharedPath(ORIGINAL)!);
const originals = judge(examples, Uint32Array.from(all.keys()), original.ensemble, original.featureNames);
console.log(`\nthresholds of the folds ${thresholds.map((threshold) => threshold.toFixed(3)).join(", ")}`);

reportMiners();
reportOthers();
await reportDisguises();
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
	let best = Infinity;
	for (let round = 0; round < KERNEL_ROUNDS; round++) {
		const begin = performance.now();
		detect(flows, detector, createDetectMemory(DEFAULT_OPTIONS), new VerdictColumns(DEFAULT_OPTIONS));
		best = Math.min(best, performance.now() - begin);
	}
	return flows.length / best / 1e3;
}

/** The threshold of a fold, from what was said of the real ordinary flows and services of the other folds. */
function thresholdOf(fold: number): number {
	const scoresOf = (origin: Example["origin"]) =>
		[...all.keys()]
			.filter((row) => !all[row]!.isMiner && all[row]!.origin === origin && foldOf(all[row]!) !== fold)
			.map((row) => scores[row]!);
	return chooseThreshold(scoresOf("real"), scoresOf("service"));
}

function isFound(row: number): boolean {
	return scores[row]! > thresholds[foldOf(all[row]!)]!;
}

/** The part of the miners that a line of the table is about. */
const PARTS: readonly { name: string; holds: (example: Example) => boolean }[] = [
	{ name: "plaintext", holds: (example) => isLabelled(example) && !example.isEncrypted },
	{ name: "TLS", holds: (example) => isLabelled(example) && example.isEncrypted },
	{ name: "put into TLS, some disguised", holds: ({ origin, draw }) => origin === "variant" && draw === firstDraw },
	{ name: "source taken for client by who spoke first", holds: ({ kind }) => kind === "reference exporter" },
];

function isLabelled({ origin, kind }: Example): boolean {
	return origin === "real" && kind !== "reference exporter";
}

function reportMiners(): void {
	const lines: string[][] = [["miners of unseen sources", "flows", "found", "connections found", "original"]];
	const miners = [...all.keys()].filter((row) => all[row]!.isMiner && all[row]!.origin !== "simulated");
	for (const [source, rows] of Map.groupBy(miners, (row) => all[row]!.source)) {
		const kinds = new Set(
			rows
				.map((row) => all[row]!)
				.filter(isLabelled)
				.map(({ kind }) => kind),
		);
		const ofKinds = [...kinds]
			.sort()
			.map((name) => ({ name, holds: (example: Example) => isLabelled(example) && example.kind === name }));
		for (const { name, holds } of [...PARTS, ...(kinds.size > 1 ? ofKinds : [])]) {
			const part = rows.filter((row) => holds(all[row]!));
			if (part.length === 0) continue;
			const theirs = part.filter((row) => originals[row]! > ORIGINAL_THRESHOLD).length;
			const connections = [...Map.groupBy(part, (row) => all[row]!.connection).values()];
			lines.push([
				`${source}, ${name}`,
				String(part.length),
				share(part.filter(isFound).length, part.length),
				share(connections.filter((rows) => rows.some(isFound)).length, connections.length),
				(theirs / part.length).toFixed(3),
			]);
		}
	}
	console.log(`\n${markdownTable(lines).join("\n")}\n`);
}

/** False positives by flow, pair and host; of the real ordinary sources and of each service. */
function reportOthers(): void {
	for (const origin of ["real", "service"] as const) {
		const rows = [...all.keys()].filter((row) => !all[row]!.isMiner && all[row]!.origin === origin);
		if (rows.length === 0) continue;
		const lines = [[`ordinary, ${origin}`, "flows", "pairs", "client hosts", "original, flows"]];
		const line = (name: string, part: readonly number[]) => {
			const groups = (key: "pair" | "host") => {
				const groups = [...Map.groupBy(part, (row) => all[row]![key]).values()];
				return ofAll(groups.filter((group) => group.some(isFound)).length, groups.length);
			};
			const theirs = part.filter((row) => originals[row]! > ORIGINAL_THRESHOLD).length;
			lines.push([
				name,
				ofAll(part.filter(isFound).length, part.length),
				groups("pair"),
				groups("host"),
				ofAll(theirs, part.length),
			]);
		};
		for (const [source, part] of [...Map.groupBy(rows, (row) => all[row]!.source)].sort()) line(source, part);
		line("all", rows);
		console.log(`\n${markdownTable(lines).join("\n")}`);
		const found = rows.filter(isFound).length;
		const { low, high } = clopperPearson(found, rows.length);
		console.log(`\n  rate ${low.toExponential(1)} … ${high.toExponential(1)} at 95 %`);
		for (const row of rows.filter(isFound))
			console.log(
				`  ${scores[row]!.toFixed(4)} ${all[row]!.source}, ${all[row]!.kind}${all[row]!.isEncrypted ? ", TLS" : ""}`,
			);
	}
}

/** The real plaintext miners inside TLS, disguised, each by the model that has not seen its source. */
async function reportDisguises(): Promise<void> {
	const lines = [["real miners of unseen sources, disguised", "flows", "found", "connections found"]];
	for (const [name, disguised] of await disguisedMiners(SET)) {
		const found = new Map<string, boolean[]>();
		for (let fold = 0; fold < FOLDS; fold++) {
			const rows = disguised.where((example) => foldOf(example) === fold);
			const judged = judge(disguised, rows, models[fold]!, RECIPE.featureNames);
			for (let i = 0; i < rows.length; i++) {
				const { connection } = disguised.all[rows[i]!]!;
				found.set(connection, [...(found.get(connection) ?? []), judged[i]! > thresholds[fold]!]);
			}
		}
		const flows = [...found.values()].flat();
		lines.push([
			name,
			String(flows.length),
			share(flows.filter(Boolean).length, flows.length),
			share([...found.values()].filter((flows) => flows.some(Boolean)).length, found.size),
		]);
	}
	console.log(`\n${markdownTable(lines).join("\n")}\n`);
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

function share(found: number, of: number): string {
	const { low, high } = clopperPearson(found, of);
	return `${(found / of).toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`;
}

function ofAll(count: number, of: number): string {
	return `${count} of ${of}`;
}
