import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { averaged } from "../average.ts";
import { referenceProbability } from "../predictor.oracle.testing.ts";
import { crossValidate } from "./cross-validate.ts";
import { groupedFolds } from "./grouped-folds.ts";
import { rowMajor, syntheticMatrix } from "./testing.ts";
import { trainBoosted } from "./train-boosted.ts";

test("a group is never split, and folds weigh about the same", () => {
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 5 })), { minLength: 80, maxLength: 300 }),
			fc.integer({ min: 2, max: 3 }),
			fc.integer(),
			(rows, folds, seed) => {
				const groups = Int32Array.from(rows, ([group]) => group);
				const weights = Float64Array.from(rows, ([, weight]) => weight);
				const foldOf = groupedFolds(groups, weights, folds, seed);
				const foldOfGroup = new Map<number, number>();
				const total = new Float64Array(folds);
				const ofGroup = new Map<number, number>();
				rows.forEach(([group, weight], i) => {
					assert.equal(foldOfGroup.get(group) ?? foldOf[i], foldOf[i]);
					foldOfGroup.set(group, foldOf[i]!);
					total[foldOf[i]!]! += weight;
					ofGroup.set(group, (ofGroup.get(group) ?? 0) + weight);
				});
				// Dealing to the lightest fold leaves a difference of at most one group.
				assert.ok(Math.max(...total) - Math.min(...total) <= Math.max(...ofGroup.values()));
			},
		),
	);
});

test("more folds than groups are refused", () => {
	assert.throws(() => groupedFolds(Int32Array.of(1, 1, 2), Float64Array.of(1, 1, 1), 3, 1), /3 folds of 2 groups/);
});

test("each row is judged by a model that never saw its fold; rows without a fold are only trained on", async () => {
	const matrix = syntheticMatrix(300, 3);
	const foldOf = matrix.groups.map((group) => (group % 4) - 1);
	const seen = new Map<number, Set<number>>();
	const probabilities = await crossValidate(matrix, foldOf, async (kept, fold) => {
		seen.set(fold, new Set(kept.groups));
		return trainBoosted(kept, { rounds: 3 });
	});
	assert.deepEqual([...seen.keys()], [0, 1, 2]);
	for (const [fold, groups] of seen) {
		for (const [i, group] of matrix.groups.entries()) assert.equal(groups.has(group), foldOf[i] !== fold);
	}
	for (const [i, p] of probabilities.entries()) assert.equal(Number.isNaN(p), foldOf[i] === -1);
});

test("an average of models has the mean of their log-odds", async () => {
	const matrix = syntheticMatrix(400, 4);
	const each = await Promise.all(
		[1, 2, 3].map((seed) => trainBoosted(matrix, { seed, rounds: 5 + seed, groupShare: 0.5 })),
	);
	const together = averaged(each);
	assert.equal(together.roots.length - 1, 6 + 7 + 8);
	const rows = rowMajor(matrix);
	const logOdds = (p: number) => Math.log(p / (1 - p));
	for (let i = 0; i < 50; i++) {
		const mean = each.reduce((sum, ensemble) => sum + logOdds(referenceProbability(ensemble, rows, i * 4)), 0) / 3;
		assert.ok(Math.abs(logOdds(referenceProbability(together, rows, i * 4)) - mean) < 1e-5);
	}
});
