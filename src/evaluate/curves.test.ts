import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { thresholdForBudget } from "./budget.ts";
import { calibrationOf } from "./calibration.ts";
import { curveOf } from "./curves.ts";
import { ScoredFlows } from "./scored-flows.ts";

type Scored = readonly [score: number, isMiner: boolean];

function scoredFlows(all: readonly Scored[]): ScoredFlows {
	const scored = new ScoredFlows();
	for (const [score, isMiner] of all) scored.add(score, isMiner);
	return scored;
}

const someFlows = fc
	.array(fc.tuple(fc.constantFrom(-Infinity, 0, 0.1, 0.3, 0.30000000000000004, 0.5, 0.9, 1, Infinity), fc.boolean()), {
		minLength: 2,
	})
	.filter((all) => all.some(([, miner]) => miner) && all.some(([, miner]) => !miner));

test("the area is the chance that a miner has the higher score, ties counting half", () => {
	fc.assert(
		fc.property(someFlows, (all) => {
			const miners = all.filter(([, miner]) => miner).map(([score]) => score);
			const others = all.filter(([, miner]) => !miner).map(([score]) => score);
			let wins = 0;
			for (const miner of miners) for (const other of others) wins += miner > other ? 1 : miner === other ? 0.5 : 0;
			assert.ok(Math.abs(curveOf(scoredFlows(all)).area - wins / (miners.length * others.length)) < 1e-12);
		}),
	);
});

test("every point counts the flows with at least its score", () => {
	fc.assert(
		fc.property(someFlows, (all) => {
			for (const { score, truePositives, falsePositives } of curveOf(scoredFlows(all)).points.slice(1)) {
				assert.equal(truePositives, all.filter(([s, miner]) => miner && s >= score).length);
				assert.equal(falsePositives, all.filter(([s, miner]) => !miner && s >= score).length);
			}
		}),
	);
});

test("average precision is 1 if all miners come first", () => {
	const { averagePrecision, area } = curveOf(
		scoredFlows([
			[0.9, true],
			[0.8, true],
			[0.2, false],
		]),
	);
	assert.equal(averagePrecision, 1);
	assert.equal(area, 1);
});

test("the threshold for a budget keeps it, and no other threshold finds more miners within it", () => {
	fc.assert(
		fc.property(someFlows, fc.constantFrom(0, 0.1, 0.5, 1), (all, budget) => {
			const count = (threshold: number, wanted: boolean) =>
				all.filter(([s, miner]) => miner === wanted && s > threshold).length;
			const { kept, threshold, truePositives, falsePositives, others } = thresholdForBudget(
				curveOf(scoredFlows(all)),
				budget,
			);
			assert.ok(threshold >= 0 && threshold <= 1);
			assert.equal(count(threshold, true), truePositives);
			assert.equal(count(threshold, false), falsePositives);
			const candidates = [0, 1, ...all.map(([score]) => score).filter((score) => score >= 0 && score <= 1)];
			const within = candidates.filter((t) => count(t, false) <= budget * others);
			assert.equal(kept, within.length > 0);
			for (const t of within) assert.ok(count(t, true) <= truePositives);
		}),
	);
});

test("a budget is assured only if the upper bound of the rate is within it", () => {
	const flows = (others: number) =>
		scoredFlows([[1, true], ...Array.from({ length: others }, (): Scored => [0.1, false])]);
	assert.equal(thresholdForBudget(curveOf(flows(100)), 0.01).assured, false);
	const { assured, flowsNeeded } = thresholdForBudget(curveOf(flows(400)), 0.01);
	assert.equal(assured, true);
	assert.ok(flowsNeeded > 100 && flowsNeeded <= 400);
});

test("calibration compares predictions with outcomes, bin by bin", () => {
	const { bins, brier, error } = calibrationOf(
		scoredFlows([
			[0.05, false],
			[0.05, false],
			[0.95, true],
			[0.95, false],
			[1, true],
		]),
	);
	assert.deepEqual(
		bins.map(({ flows, observed }) => [flows, observed]),
		[
			[2, 0],
			[3, 2 / 3],
		],
	);
	assert.ok(Math.abs(brier - (2 * 0.0025 + 0.0025 + 0.9025) / 5) < 1e-12);
	assert.ok(error > 0.1);
	assert.ok(bins[1]!.interval.low < 2 / 3 && bins[1]!.interval.high > 2 / 3);
});
