import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
	combine,
	discounted,
	type Mass,
	massOfProbability,
	pignistic,
	probabilityThreshold,
	supportMass,
	VACUOUS,
} from "./dempster-shafer.ts";

const EPSILON = 1e-9;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyMass = fc.tuple(share, share).map(([a, b]) => supportMass(a, (1 - a) * b));
/** Evidence with m(Θ) > 0, which cannot be in total conflict. */
const openMass = anyMass.map((mass) => discounted(mass, 0.99));

function assertClose(a: Mass, b: Mass): void {
	for (const part of ["miner", "other", "uncertain"] as const) {
		assert.ok(Math.abs(a[part] - b[part]) < EPSILON, `${part}: ${a[part]} and ${b[part]}`);
	}
}

test("every operation yields shares of 0 to 1 that sum to 1", () => {
	fc.assert(
		fc.property(anyMass, anyMass, share, (a, b, reliability) => {
			for (const mass of [combine(a, b), discounted(a, reliability)]) {
				for (const part of Object.values(mass)) assert.ok(part >= 0 && part <= 1 + EPSILON);
				assert.ok(Math.abs(mass.miner + mass.other + mass.uncertain - 1) < EPSILON);
				assert.ok(pignistic(mass) >= 0 && pignistic(mass) <= 1 + EPSILON);
			}
		}),
	);
});

test("the order of combination does not matter", () => {
	fc.assert(
		fc.property(openMass, openMass, openMass, (a, b, c) => {
			assertClose(combine(a, b), combine(b, a));
			assertClose(combine(combine(a, b), c), combine(a, combine(b, c)));
		}),
	);
});

test("vacuous evidence changes nothing", () => {
	fc.assert(fc.property(anyMass, (mass) => assertClose(combine(mass, VACUOUS), mass)));
	fc.assert(fc.property(anyMass, (mass) => assertClose(discounted(mass, 0), VACUOUS)));
	assert.equal(pignistic(VACUOUS), 0.5);
});

test("evidence for mining never lowers belief in it", () => {
	fc.assert(
		fc.property(openMass, share, (mass, support) => {
			assert.ok(pignistic(combine(mass, supportMass(support))) >= pignistic(mass) - EPSILON);
		}),
	);
});

test("total conflict cancels out", () => {
	assert.deepEqual(combine(massOfProbability(1), massOfProbability(0)), VACUOUS);
});

test("worked examples have the expected results", () => {
	assertClose(combine(supportMass(0.6), supportMass(0, 0.7)), {
		miner: 0.18 / 0.58,
		other: 0.28 / 0.58,
		uncertain: 0.12 / 0.58,
	});
	assertClose(combine(massOfProbability(0.3), massOfProbability(0.5)), massOfProbability(0.3));
});

test("the threshold on p decides as the combination itself does", () => {
	fc.assert(
		fc.property(share, share, anyMass, share, (score, reliability, rest, p) => {
			const combined = combine(discounted(massOfProbability(p), reliability), rest);
			const above = pignistic(combined) - score;
			// Within rounding of the threshold either answer is right; in total conflict the combination has no answer.
			if (Math.abs(above) < EPSILON || combined.uncertain === 1) return;
			const threshold = probabilityThreshold(score, reliability, rest);
			if (Math.abs(p - threshold) < EPSILON) return;
			assert.equal(p > threshold, above > 0);
		}),
		{ numRuns: 5000 },
	);
});
