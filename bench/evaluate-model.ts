import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { goldenFlows } from "../lab/golden-flows.ts";
import { markdownTable } from "../lab/markdown-table.ts";
import { thresholdAbove, thresholdForNetworks } from "../lab/shape/calibration.ts";
import { CONVERSATION_RULES } from "../lab/shape/conversation-rules.ts";
import { drawsOf, type Example } from "../lab/shape/examples.ts";
import { FOLDS, foldOf, judge, type LeftOut, leaveOut } from "../lab/shape/leave-one-out.ts";
import { hasRealFlows } from "../lab/shape/real-flows.ts";
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
import { reportMeteredLook } from "./metered-look.ts";

// How well the default model's recipe recognises miners of sources it has not seen: `npm run evaluate:model`.
// Each miner source is left out in turn; each ordinary source is judged by models that have not seen it; the threshold
// is chosen on what those models say of the other ordinary sources. Takes twenty minutes. `-- 2` judges the recipe on a second
// set of the laboratory's draws, `-- 2 1` on a set of one: how much of the figures is the luck of the draw.

const SOURCES: readonly (readonly string[])[] = [
	["cesnet-miner22-sample"],
	["cj-sniffer"],
	["peafowl", "zeek-cryptomining"],
];
const ORIGINAL = "golden/detector/model/data_symmetry.pickle";
const ORIGINAL_THRESHOLD = 0.99;
const BUDGET = 1e-3;
const SET = Number(process.argv[2] ?? 1);
const RECIPE = { ...DEFAULT_RECIPE, draws: Number(process.argv[3] ?? DEFAULT_RECIPE.draws) };
const METERED = "golden/end-to-end/flows.trapcap.gz";
const KERNEL_ROUNDS = 60;
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
const examples = await trainingExamples(RECIPE, SET);
const [firstDraw] = drawsOf(examples.all);
const original = openModel(sharedPath(ORIGINAL)!);

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

/** The part of the miners that a line of the table is about. */
const PARTS: readonly { name: string; holds: (example: Example) => boolean }[] = [
	{ name: "plaintext", holds: (example) => isLabelled(example) && !example.isEncrypted },
	{ name: "TLS", holds: (example) => isLabelled(example) && example.isEncrypted },
	{ name: "the same put into TLS", holds: ({ origin, draw }) => origin === "variant" && draw === firstDraw },
	{ name: "source taken for client by who spoke first", holds: ({ kind }) => kind === "reference exporter" },
];

function isLabelled({ origin, kind }: Example): boolean {
	return origin === "real" && kind !== "reference exporter";
}

async function reportLeftOut(sources: readonly string[]): Promise<void> {
	const left = await leaveOut(examples, sources, RECIPE);
	const thresholds = foldThresholds(left, (networks) => thresholdAbove(networks.flat()));
	const budgets = foldThresholds(left, (networks) => thresholdForNetworks(networks, BUDGET));
	const originals = judge(examples, left.miners, original.ensemble, original.featureNames);
	const rows: string[][] = [["miners left out", "flows", "no false positive aimed at", "at 1 in 1000", "original"]];
	for (const source of sources) {
		const kinds = new Set(
			Array.from(left.miners, (row) => examples.all[row]!)
				.filter(isLabelled)
				.map(({ kind }) => kind),
		);
		for (const part of [...PARTS, ...(kinds.size > 1 ? [...kinds].sort().map(partOfKind) : [])]) {
			const holds = (example: Example) => example.source === source && part.holds(example);
			const places = [...left.miners.keys()].filter((place) => holds(examples.all[left.miners[place]!]!));
			if (places.length === 0) continue;
			const recall = (bounds: readonly number[]) => meanRecall(left, places, bounds);
			const [low, high] = interval(recall(thresholds), places.length);
			const theirs = places.filter((place) => originals[place]! > ORIGINAL_THRESHOLD).length / places.length;
			rows.push([
				`${source}, ${part.name}`,
				String(places.length),
				`${recall(thresholds).toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`,
				recall(budgets).toFixed(3),
				theirs.toFixed(3),
			]);
		}
	}
	console.log(`\n${markdownTable(rows).join("\n")}\n`);
	reportOthers(left, thresholds, budgets);
	reportConversations(left, thresholds);
}

function partOfKind(kind: string) {
	return { name: kind, holds: (example: Example) => isLabelled(example) && example.kind === kind };
}

/** The threshold of each fold, from what was said of the real ordinary flows of the other folds, each a network of its own. */
function foldThresholds(left: LeftOut, choose: (networks: number[][]) => number): number[] {
	const networks = Array.from({ length: FOLDS }, (): number[] => []);
	left.others.forEach((row, i) => {
		const example = examples.all[row]!;
		if (example.origin === "real") networks[foldOf(example)]!.push(left.otherScores[i]!);
	});
	return networks.map((_, fold) => choose(networks.filter((_, k) => k !== fold)));
}

/** Share of the flows above the threshold, averaged over the folds' models. */
function meanRecall(left: LeftOut, places: readonly number[], thresholds: readonly number[]): number {
	let found = 0;
	left.minerScores.forEach((scores, fold) => {
		for (const place of places) if (scores[place]! > thresholds[fold]!) found++;
	});
	return found / (places.length * left.minerScores.length);
}

function interval(share: number, total: number): [number, number] {
	const { low, high } = clopperPearson(Math.round(share * total), total);
	return [low, high];
}

function reportOthers(left: LeftOut, thresholds: readonly number[], budgets: readonly number[]): void {
	const originals = judge(examples, left.others, original.ensemble, original.featureNames);
	for (const origin of ["real", "simulated"] as const) {
		const places = [...left.others.keys()].filter((place) => examples.all[left.others[place]!]!.origin === origin);
		const above = (bounds: readonly number[]) =>
			places.filter((place) => left.otherScores[place]! > bounds[foldOf(examples.all[left.others[place]!]!)]!).length;
		const { high } = clopperPearson(above(thresholds), places.length);
		const theirs = places.filter((place) => originals[place]! > ORIGINAL_THRESHOLD).length;
		console.log(
			`  false positives, ${origin} ordinary flows of unseen sources: ${above(thresholds)} of ${places.length} (rate below ${high.toExponential(1)} at 95 %), at 1 in 1000 ${above(budgets)}, original ${theirs}`,
		);
	}
}

/** What the flows of a connection say together, by each rule; flows in order of time. */
function reportConversations(left: LeftOut, thresholds: readonly number[]): void {
	const { reliability = 1 } = model;
	const miners = conversations(left.miners, isLabelled);
	const others = conversations(left.others, ({ origin }) => origin === "real");
	for (const [name, rule] of Object.entries(CONVERSATION_RULES)) {
		let found = 0;
		left.minerScores.forEach((scores, fold) => {
			for (const places of miners) {
				if (
					rule(
						places.map((place) => scores[place]!),
						thresholds[fold]!,
						reliability,
					)
				)
					found++;
			}
		});
		const share = found / (miners.length * FOLDS);
		const [low, high] = interval(share, miners.length);
		const wrong = others.filter((places) => {
			const fold = foldOf(examples.all[left.others[places[0]!]!]!);
			return rule(
				places.map((place) => left.otherScores[place]!),
				thresholds[fold]!,
				reliability,
			);
		});
		console.log(
			`  conversations by ${name.padEnd(8)}: ${share.toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)}) of ${miners.length}; false ${wrong.length} of ${others.length}`,
		);
	}
}

function conversations(rows: Uint32Array, holds: (example: Example) => boolean): number[][] {
	const places = [...rows.keys()].filter((place) => holds(examples.all[rows[place]!]!));
	places.sort((a, b) => examples.all[rows[a]!]!.begins - examples.all[rows[b]!]!.begins);
	return [...Map.groupBy(places, (place) => examples.all[rows[place]!]!.connection).values()];
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

await reportShipped(model, loading);
for (const sources of SOURCES) await reportLeftOut(sources);
await reportMeteredLook(model);
await reportReality();
