import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticMatrix } from "./testing.ts";
import { trainBoosted } from "./train-boosted.ts";
import { trainBoostedJobs } from "./train-boosted-jobs.ts";
import { rowsOf } from "./training-matrix.ts";

const matrix = syntheticMatrix(600, 4);

test("models trained side by side are those trained one by one, in the order of the jobs", async () => {
	const half = Uint32Array.from({ length: 300 }, (_, i) => 2 * i);
	const jobs = [
		{ options: { rounds: 20, seed: 1 } },
		{ rows: half, options: { rounds: 3 } },
		{ options: { rounds: 5, groupShare: 0.5, seed: 9 } },
	];
	const done: number[] = [];
	const together = await trainBoostedJobs(matrix, jobs, 2, (n) => done.push(n));
	assert.deepEqual(done, [1, 2, 3]);
	assert.deepEqual(together, await trainBoostedJobs(matrix, jobs, 1));
	assert.deepEqual(together[1], await trainBoosted(rowsOf(matrix, half), { rounds: 3 }));
});

test("a job that cannot be done fails the whole with its reason", async () => {
	const onlyOthers = Uint32Array.from([...matrix.labels.keys()].filter((i) => matrix.labels[i] === 0));
	for (const threads of [1, 2]) {
		await assert.rejects(
			trainBoostedJobs(matrix, [{ options: { rounds: 2 } }, { rows: onlyOthers, options: {} }], threads),
			/needs miners and others/,
		);
	}
});
