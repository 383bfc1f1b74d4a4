import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { needsShared, sharedPath } from "../lab/shared-data.ts";
import { createBitVectors } from "../src/forest/bit-vectors.ts";
import { type Ensemble, treeCount } from "../src/forest/ensemble.ts";
import { saveModel } from "../src/forest/file/model-file.ts";
import { createModuleWalk } from "../src/forest/module-walk.ts";
import { loadModel, openModel } from "../src/forest/open-model.ts";
import { PlainWalk } from "../src/forest/plain-walk.ts";
import { referenceProbability } from "../src/forest/predictor.oracle.testing.ts";
import { createPredictor } from "../src/forest/predictor.ts";
import { trainBoosted } from "../src/forest/training/train-boosted.ts";
import { BLOCK_ROWS, type TreeEvaluator } from "../src/forest/tree-evaluator.ts";

/**
 * The forest alone, one thread: the plain predictor, the fast one, and decisions with early exit, on the features of
 * the corpus (191,199 flows whose probabilities are spread evenly: the hardest case). Best of several rounds.
 */
const MODEL = "golden/detector/model/data_symmetry.pickle";
const CORPUS = "golden/detector/expected/cy2/probas.csv.gz";
const ROUNDS = 7;

const missing = needsShared(MODEL) || needsShared(CORPUS);
if (missing) console.log(`skipped: ${missing}`);
else await benchmark();

async function benchmark(): Promise<void> {
	const { rows, count, probabilities } = readCorpus(12);
	const original = openModel(sharedPath(MODEL)!);
	console.log("the original's 100 trees");
	compare(original.ensemble, rows, count);
	console.log("boosted trees, 200 of 31 leaves, trained to tell what the original is sure of");
	compare(await boostedLike(rows, count, probabilities), rows, count);
	loading("the original's pickle", readFileSync(sharedPath(MODEL)!));
	loading("the same as a model file", saveModel(original));
}

function compare(ensemble: Ensemble, rows: Float64Array, count: number): void {
	const predictor = createPredictor({ ensemble });
	const width = ensemble.featureCount;
	const out = new Float64Array(count);
	const decisions = new Uint8Array(count);
	const plain = measure("plain predictor", count, undefined, () => {
		for (let i = 0; i < count; i++) out[i] = referenceProbability(ensemble, rows, i * width);
	});
	for (const [what, evaluator] of Object.entries(evaluatorsOf(ensemble))) {
		measure(`every tree, ${what}`, count, plain, () => askAll(evaluator, ensemble, rows, count));
	}
	measure("fast predictor, whole probabilities", count, plain, () => predictor.probabilities(rows, count, out));
	for (const threshold of [0.99, 0.9, 0.5, 0.03]) {
		const asked = predictor.treesAsked;
		let runs = 0;
		measure(`decisions at ${threshold}`, count, plain, () => {
			runs++;
			predictor.decide(rows, count, threshold, decisions);
		});
		const perFlow = (predictor.treesAsked - asked) / runs / count;
		const wrong = decisions.filter((decision, i) => decision !== Number(out[i]! > threshold)).length;
		console.log(
			`    ${perFlow.toFixed(2)} of ${ensemble.roots.length - 1} trees asked per flow, ${wrong} decisions differ`,
		);
	}
}

/** All tree evaluators that support these trees. */
function evaluatorsOf(ensemble: Ensemble): Record<string, TreeEvaluator> {
	const walk = createModuleWalk(ensemble);
	const bitVectors = createBitVectors(ensemble);
	return {
		"walked in JavaScript": new PlainWalk(ensemble),
		...(walk && { "walked in WebAssembly": walk }),
		...(bitVectors && { "by bit vectors": bitVectors }),
	};
}

function askAll(evaluator: TreeEvaluator, ensemble: Ensemble, rows: Float64Array, count: number): void {
	for (let begin = 0; begin < count; begin += BLOCK_ROWS) {
		const size = Math.min(BLOCK_ROWS, count - begin);
		evaluator.fill(rows, begin, size);
		evaluator.addVotes(0, treeCount(ensemble), size);
	}
}

/** Prints and returns the best of several runs as rows per second. */
function measure(what: string, count: number, plain: number | undefined, run: () => void): number {
	let best = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const begin = performance.now();
		run();
		best = Math.min(best, performance.now() - begin);
	}
	const rate = (count / best) * 1000;
	const ratio = plain === undefined ? "" : `, ${(rate / plain).toFixed(1)} × the plain one`;
	console.log(`  ${what.padEnd(38)} ${(rate / 1e6).toFixed(3)} million flows/s${ratio}`);
	return rate;
}

function loading(what: string, bytes: Uint8Array): void {
	let best = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const begin = performance.now();
		createPredictor(loadModel(bytes));
		best = Math.min(best, performance.now() - begin);
	}
	console.log(`${what}: ${bytes.length} bytes, read and made ready in ${best.toFixed(1)} ms`);
}

async function boostedLike(rows: Float64Array, count: number, probabilities: Float64Array): Promise<Ensemble> {
	const part = Math.min(count, 20_000);
	return trainBoosted(
		{
			rows: part,
			featureNames: Array.from({ length: 12 }, (_, f) => `f${f}`),
			columns: Array.from({ length: 12 }, (_, f) => Float32Array.from({ length: part }, (_, i) => rows[i * 12 + f]!)),
			labels: Uint8Array.from({ length: part }, (_, i) => Number(probabilities[i]! > 0.9)),
			weights: new Float64Array(part).fill(1),
			groups: new Int32Array(part),
		},
		{ rounds: 200 },
	);
}

function readCorpus(width: number): { rows: Float64Array; count: number; probabilities: Float64Array } {
	const lines = gunzipSync(readFileSync(sharedPath(CORPUS)!))
		.toString()
		.split("\n")
		.slice(1);
	const accepted = lines.map((line) => line.split(",")).filter((cells) => cells[4]);
	const rows = new Float64Array(accepted.length * width);
	const bits = new BigUint64Array(accepted.length);
	accepted.forEach((cells, i) => {
		bits[i] = BigInt(`0x${cells[4]}`);
		for (let f = 0; f < width; f++) rows[i * width + f] = Number(cells[5 + f]);
	});
	return { rows, count: accepted.length, probabilities: new Float64Array(bits.buffer) };
}
