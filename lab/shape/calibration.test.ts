import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { logOdds, thresholdForNetworks } from "./calibration.ts";

const BUDGET = 0.1;
const score = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const networks = fc.array(fc.array(score, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 5 });

function shareAbove(scores: readonly number[], threshold: number): number {
	return scores.filter((score) => score > threshold + 1e-12).length / scores.length;
}

test("the budget of all networks together is kept", () => {
	fc.assert(
		fc.property(networks, (networks) => {
			assert.ok(shareAbove(networks.flat(), thresholdForNetworks(networks, BUDGET)) <= BUDGET);
		}),
	);
});

test("one network, or several that are alike, need no margin", () => {
	const scores = Array.from({ length: 20 }, (_, i) => (i + 1) / 21);
	for (const networks of [[scores], [scores, [...scores]], [scores, [...scores], [...scores]]])
		assert.ok(Math.abs(thresholdForNetworks(networks, BUDGET) - 18 / 21) < 1e-12);
});

test("a network unlike the others raises the threshold by what it lacks, shared among them", () => {
	const alike = Array.from({ length: 4 }, () => Array.from({ length: 10 }, () => 0.2));
	const odd = Array.from({ length: 10 }, (_, i) => (i < 3 ? 0.9 : 0.1));
	const margin = (logOdds(0.9) - logOdds(0.2)) / Math.sqrt(5);
	const threshold = thresholdForNetworks([...alike, odd], BUDGET);
	assert.ok(Math.abs(logOdds(threshold) - logOdds(0.2) - margin) < 1e-9);
});
