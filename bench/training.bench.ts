import { createPredictor } from "../src/forest/predictor.ts";
import { rowMajor, syntheticMatrix } from "../src/forest/training/testing.ts";
import { trainBoosted } from "../src/forest/training/train-boosted.ts";
import { trainForest } from "../src/forest/training/train-forest.ts";

/**
 * The learners on synthetic flows: 50 features, of which three are informative, and noisy labels. The relevant size,
 * 2,000,000 rows and 100 trees on two threads, takes minutes: `node bench/training.bench.ts --full`.
 */
const FULL = process.argv.includes("--full");
const ROWS = FULL ? 2_000_000 : 100_000;
const TREES = FULL ? 100 : 10;
const THREADS = FULL ? [2] : [1, 2];
const FEATURES = 50;
const DEPTH = 12;

const matrix = syntheticMatrix(ROWS, FEATURES);
const unseen = syntheticMatrix(20_000, FEATURES, 2);
const rows = rowMajor(unseen);
console.log(`${ROWS} rows × ${FEATURES} features, ${TREES} trees of depth ${DEPTH}`);

for (const threads of THREADS) {
	await measure(`random forest, ${threads} thread(s)`, async () => {
		const { ensemble } = await trainForest(matrix, { trees: TREES, maxDepth: DEPTH, threads });
		return ensemble;
	});
	await measure(`boosted, 31 leaves, ${threads} thread(s)`, () => trainBoosted(matrix, { rounds: TREES, threads }));
	await measure(`boosted, depth ${DEPTH}, ${threads} thread(s)`, () =>
		trainBoosted(matrix, { rounds: TREES, threads, maxLeaves: Infinity, maxDepth: DEPTH }),
	);
}

type Ensemble = Parameters<typeof createPredictor>[0]["ensemble"];

async function measure(what: string, train: () => Promise<Ensemble>): Promise<void> {
	const begin = performance.now();
	const ensemble = await train();
	const seconds = (performance.now() - begin) / 1000;
	const memory = Math.round(process.memoryUsage.rss() / 1e6);
	const line = `${seconds.toFixed(1)} s, ${ensemble.feature.length} nodes, ${accuracy(ensemble)} right on unseen rows`;
	console.log(`${what.padEnd(32)} ${line}, ${memory} MB resident`);
}

function accuracy(ensemble: Ensemble): string {
	const out = new Float64Array(unseen.rows);
	createPredictor({ ensemble }).probabilities(rows, unseen.rows, out);
	let right = 0;
	for (let i = 0; i < unseen.rows; i++) right += Number(out[i]! > 0.5 === (unseen.labels[i] === 1));
	return `${((100 * right) / unseen.rows).toFixed(1)} %`;
}
