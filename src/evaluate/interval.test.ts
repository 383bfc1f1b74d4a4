import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clopperPearson, flowsNeeded, regularisedBeta } from "./interval.ts";

const near = (actual: number, expected: number, tolerance = 1e-9) =>
	assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test("zero in n is an upper bound, not zero", () => {
	const { low, high } = clopperPearson(0, 10_000);
	assert.equal(low, 0);
	near(high, 1 - 0.025 ** (1 / 10_000), 1e-12);
	near(clopperPearson(0, 10_000, 0.9).high, 3 / 10_000, 1e-6);
	assert.deepEqual(clopperPearson(0, 0), { low: 0, high: 1 });
});

test("the binomial tails at the bounds equal the remaining probability", () => {
	const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
	const atLeast = (k: number, n: number, p: number) => {
		let sum = 0;
		for (let j = k; j <= n; j++) sum += choose(n, j) * p ** j * (1 - p) ** (n - j);
		return sum;
	};
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(40), (n, drawn) => {
			const k = drawn % (n + 1);
			const { low, high } = clopperPearson(k, n);
			if (k > 0) near(atLeast(k, n, low), 0.025, 1e-7);
			if (k < n) near(1 - atLeast(k + 1, n, high), 0.025, 1e-7);
			assert.ok(low <= k / n && k / n <= high);
		}),
	);
});

test("the incomplete beta function equals its closed form in simple cases, and is symmetric", () => {
	near(regularisedBeta(0.3, 1, 1), 0.3);
	near(regularisedBeta(0.3, 2, 1), 0.09);
	near(regularisedBeta(0.5, 300_000, 300_000), 0.5, 1e-6);
	near(regularisedBeta(0.2, 3.5, 7) + regularisedBeta(0.8, 7, 3.5), 1);
});

test("the number of flows without a false positive that assures a rate", () => {
	const needed = flowsNeeded(1e-4);
	assert.ok(clopperPearson(0, needed).high <= 1e-4);
	assert.ok(clopperPearson(0, needed - 1).high > 1e-4);
});
