import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Ensemble } from "../ensemble.ts";
import { createPredictor } from "../predictor.ts";
import { rowMajor, syntheticMatrix } from "./testing.ts";
import { trainBoosted } from "./train-boosted.ts";
import type { TrainingMatrix } from "./training-matrix.ts";

function probabilities(ensemble: Ensemble, matrix: TrainingMatrix): Float64Array {
	const out = new Float64Array(matrix.rows);
	createPredictor({ ensemble }).probabilities(rowMajor(matrix), matrix.rows, out);
	return out;
}

function accuracy(ensemble: Ensemble, matrix: TrainingMatrix): number {
	const right = probabilities(ensemble, matrix).filter((p, i) => Number(p > 0.5) === matrix.labels[i]);
	return right.length / matrix.rows;
}

function withColumns(columns: readonly (readonly number[])[], labels: readonly number[]): TrainingMatrix {
	return {
		rows: labels.length,
		featureNames: columns.map((_, f) => `f${f}`),
		columns: columns.map((column) => Float32Array.from(column)),
		labels: Uint8Array.from(labels),
		weights: new Float64Array(labels.length).fill(1),
		groups: Int32Array.from(labels, (_, i) => i),
	};
}

const tiny = { rounds: 30, minSamplesLeaf: 1, minHessianLeaf: 0, l2: 0.1, learningRate: 0.5 };

test("it learns what the features tell, also on rows it has never seen", async () => {
	const ensemble = await trainBoosted(syntheticMatrix(6000, 8, 1, 0), { rounds: 100 });
	assert.ok(accuracy(ensemble, syntheticMatrix(3000, 8, 2, 0)) > 0.97);
});

test("the loss on the training rows falls from round to round", async () => {
	const losses: number[] = [];
	await trainBoosted(syntheticMatrix(2000, 5), { rounds: 40, onProgress: (_, __, loss) => losses.push(loss) });
	assert.equal(losses.length, 40);
	for (let i = 1; i < losses.length; i++) assert.ok(losses[i]! < losses[i - 1]!);
});

test("an interaction of two features that says nothing in either is learnt", async () => {
	const a = [0, 0, 1, 1, 0, 0, 1, 1.5];
	const b = [0, 1, 0, 1, 0, 1.5, 0, 1];
	const matrix = withColumns([a, b], [0, 1, 1, 0, 0, 1, 1, 0]);
	matrix.weights.set([1.1], 0); // an exact tie gains nothing at the root
	assert.equal(accuracy(await trainBoosted(matrix, tiny), matrix), 1);
});

test("the same seed gives the same trees, another seed others", async () => {
	const matrix = syntheticMatrix(1000, 6);
	const options = { rounds: 10, featureShare: 0.5, nodeFeatureShare: 0.7, groupShare: 0.6 };
	const first = await trainBoosted(matrix, { ...options, seed: 5 });
	assert.deepEqual(await trainBoosted(matrix, { ...options, seed: 5 }), first);
	assert.notDeepEqual(await trainBoosted(matrix, { ...options, seed: 6 }), first);
});

test("the trees do not depend on the number of threads", async () => {
	// Enough rows that the team is really asked.
	const matrix = syntheticMatrix(12_000, 10);
	const alone = await trainBoosted(matrix, { rounds: 5, nodeFeatureShare: 0.9 });
	assert.deepEqual(await trainBoosted(matrix, { rounds: 5, nodeFeatureShare: 0.9, threads: 3 }), alone);
	const all = await trainBoosted(matrix, { rounds: 5, maxLeaves: Infinity, maxDepth: 7 });
	assert.deepEqual(await trainBoosted(matrix, { rounds: 5, maxLeaves: Infinity, maxDepth: 7, threads: 2 }), all);
});

test("a missing value is larger than every number, in training as in prediction", async () => {
	const column = [1, 2, 3, Number.NaN, Number.NaN, 3, 2, Number.NaN, Infinity, 3.4e38];
	const matrix = withColumns([column], [0, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
	assert.equal(accuracy(await trainBoosted(matrix, tiny), matrix), 1);
});

test("a row that weighs n is n rows", async () => {
	const matrix = syntheticMatrix(600, 4);
	// Few different values, so that both matrices have the same bins.
	for (const column of matrix.columns) column.set(column.map(Math.round));
	matrix.weights.forEach((_, i) => {
		matrix.weights[i] = i % 3;
	});
	const rows = Array.from({ length: matrix.rows }, (_, i) => i).flatMap((i) => Array(i % 3).fill(i) as number[]);
	const repeated = withColumns(
		matrix.columns.map((column) => rows.map((i) => column[i]!)),
		rows.map((i) => matrix.labels[i]!),
	);
	const options = { rounds: 5, minSamplesLeaf: 1, minHessianLeaf: 1 };
	const weighted = probabilities(await trainBoosted(matrix, options), matrix);
	const counted = probabilities(await trainBoosted(repeated, options), matrix);
	weighted.forEach((p, i) => {
		if (matrix.weights[i]! > 0) assert.ok(Math.abs(p - counted[i]!) < 1e-6, `row ${i}: ${p}, ${counted[i]}`);
	});
});

test("no leaf is smaller, no tree larger or deeper than asked", async () => {
	const matrix = syntheticMatrix(2000, 5);
	const { roots, feature, right } = await trainBoosted(matrix, { rounds: 8, maxLeaves: 9, maxDepth: 4 });
	for (let t = 0; t + 1 < roots.length; t++) {
		assert.ok((roots[t + 1]! - roots[t]! + 1) / 2 <= 9);
		const depth = (node: number): number =>
			feature[node] === -1 ? 0 : 1 + Math.max(depth(node + 1), depth(right[node]!));
		assert.ok(depth(roots[t]!) <= 4);
	}
});

test("it stops where groups that were kept out stop getting better", async () => {
	const matrix = syntheticMatrix(1500, 5, 1, 6);
	let rounds = 0;
	const ensemble = await trainBoosted(matrix, {
		rounds: 400,
		learningRate: 0.3,
		minSamplesLeaf: 2,
		validationShare: 0.3,
		patience: 10,
		onProgress: (done) => {
			rounds = done;
		},
	});
	assert.ok(rounds < 400);
	assert.equal(ensemble.roots.length - 1, rounds - 10);
});

test("any small matrix is learnt from without a NaN, constant and missing columns too", async () => {
	const value = fc.oneof(fc.float(), fc.constantFrom(0, 1, Number.NaN, Infinity, -Infinity));
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(value, value, fc.nat(1), fc.constantFrom(0, 1, 0.001, 1e6)), { maxLength: 30 }),
			async (rows) => {
				const all = [[0, 0, 0, 1] as const, [1, 1, 1, 1] as const, ...rows];
				const matrix = withColumns([all.map((row) => row[0]), all.map((row) => row[1]), all.map(() => 7)], []);
				const whole = {
					...matrix,
					rows: all.length,
					labels: Uint8Array.from(all, (row) => row[2]),
					weights: Float64Array.from(all, (row) => row[3]),
					groups: new Int32Array(all.length),
				};
				const ensemble = await trainBoosted(whole, { ...tiny, rounds: 4 });
				for (const p of probabilities(ensemble, whole)) assert.ok(p >= 0 && p <= 1);
			},
		),
		{ numRuns: 100 },
	);
});

test("what cannot be learnt from is refused in one line", async () => {
	const matrix = syntheticMatrix(30, 3);
	const refused = (change: Partial<TrainingMatrix>, reason: RegExp) =>
		assert.rejects(trainBoosted({ ...matrix, ...change }), reason);
	await refused({ labels: new Uint8Array(30) }, /needs miners and others/);
	await refused({ labels: new Uint8Array(30).fill(2) }, /row 0: label 2/);
	await refused({ weights: new Float64Array(30).fill(Number.NaN) }, /row 0: weight NaN/);
	await refused({ weights: new Float64Array(29) }, /not all of 30 rows/);
	await refused({ columns: [] }, /0 features/);
	await refused({ featureNames: ["a"] }, /1 feature names for 3 columns/);
});
