import assert from "node:assert/strict";
import { test } from "node:test";
import { featureImportances } from "../importance.ts";
import { createPredictor } from "../predictor.ts";
import { rowMajor, syntheticMatrix } from "./testing.ts";
import { type TrainedForest, trainForest } from "./train-forest.ts";
import type { TrainingMatrix } from "./training-matrix.ts";

function probabilities({ ensemble }: TrainedForest, matrix: TrainingMatrix): Float64Array {
	const out = new Float64Array(matrix.rows);
	createPredictor({ ensemble }).probabilities(rowMajor(matrix), matrix.rows, out);
	return out;
}

function accuracy(judged: Float64Array, { labels }: TrainingMatrix): number {
	return judged.filter((p, i) => Number(p > 0.5) === labels[i]).length / judged.length;
}

test("it learns what the features tell, and its out-of-bag probabilities say how well on rows never seen", async () => {
	const matrix = syntheticMatrix(6000, 6, 1, 0.5);
	const forest = await trainForest(matrix, { trees: 60, maxDepth: 14 });
	const unseen = syntheticMatrix(3000, 6, 2, 0.5);
	const fresh = accuracy(probabilities(forest, unseen), unseen);
	const outOfBag = accuracy(forest.outOfBag, matrix);
	assert.ok(fresh > 0.92, `${fresh}`);
	assert.ok(Math.abs(fresh - outOfBag) < 0.02, `${fresh} on unseen rows, ${outOfBag} out of bag`);
});

test("the features that matter are the important ones", async () => {
	const { ensemble } = await trainForest(syntheticMatrix(2000, 6), { trees: 20, maxDepth: 8 });
	const importances = featureImportances(ensemble);
	assert.ok(Math.abs(importances.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
	for (const told of [0, 1, 2]) for (const noise of [3, 4, 5]) assert.ok(importances[told]! > importances[noise]!);
});

test("labels without a rule are told apart in the bag, and not out of it: groups do not leak", async () => {
	const matrix = syntheticMatrix(900, 4);
	// Rows of one group are alike and share a label drawn by lot: whoever knows one knows all.
	for (const column of matrix.columns) column.set(column.map((_, i) => column[i - (i % 3)]!));
	matrix.labels.set(matrix.labels.map((_, i) => (Math.imul(matrix.groups[i]! + 1, 0x9e3779b1) >>> 16) & 1));
	const forest = await trainForest(matrix, { trees: 50 });
	assert.ok(accuracy(probabilities(forest, matrix), matrix) > 0.95);
	assert.ok(accuracy(forest.outOfBag, matrix) < 0.62);
});

test("the forest depends on the seed, and not on the number of threads", async () => {
	const matrix = syntheticMatrix(800, 5);
	const alone = await trainForest(matrix, { trees: 7, seed: 3 });
	const done: number[] = [];
	const together = await trainForest(matrix, { trees: 7, seed: 3, threads: 3, onProgress: (n) => done.push(n) });
	assert.deepEqual(together, alone);
	assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7]);
	assert.notDeepEqual(await trainForest(matrix, { trees: 7, seed: 4 }), alone);
});

test("leaves hold as many rows as asked, trees are as deep as asked", async () => {
	const { ensemble } = await trainForest(syntheticMatrix(600, 4), { trees: 5, maxDepth: 3, minSamplesLeaf: 40 });
	const { roots, feature, right, weight } = ensemble;
	for (let t = 0; t < 5; t++) {
		const depth = (node: number): number =>
			feature[node] === -1 ? 0 : 1 + Math.max(depth(node + 1), depth(right[node]!));
		assert.ok(depth(roots[t]!) <= 3);
	}
	for (let i = 0; i < feature.length; i++) if (feature[i] === -1) assert.ok(weight[i]! >= 40);
});

test("weights of any unit give the same forest", async () => {
	const matrix = syntheticMatrix(500, 4);
	const small = { ...matrix, weights: new Float64Array(500).fill(2 ** -40) };
	const one = await trainForest(matrix, { trees: 5 });
	assert.deepEqual((await trainForest(small, { trees: 5 })).outOfBag, one.outOfBag);
});
