import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cascaded } from "./cascade.ts";
import { type Ensemble, ensembleOf, LEAF } from "./ensemble.ts";
import { float32Threshold } from "./float32-threshold.ts";
import { orderKey } from "./order-keys.ts";
import { referenceProbability } from "./predictor.oracle.testing.ts";
import { createPredictor } from "./predictor.ts";
import { arbitraryEnsemble, arbitraryRows } from "./testing.ts";

const ensembleAndRows = arbitraryEnsemble().chain((ensemble) =>
	fc.tuple(fc.constant(ensemble), arbitraryRows(ensemble.featureCount)),
);

function referenceProbabilities(ensemble: Ensemble, rows: Float64Array): Float64Array {
	const count = rows.length / ensemble.featureCount;
	return Float64Array.from({ length: count }, (_, i) =>
		referenceProbability(ensemble, rows, i * ensemble.featureCount),
	);
}

test("the fast predictor gives the plain one's probabilities, bit by bit, for any row and any trees", () => {
	fc.assert(
		fc.property(ensembleAndRows, ([ensemble, rows]) => {
			const wanted = referenceProbabilities(ensemble, rows);
			const out = new Float64Array(wanted.length);
			createPredictor({ ensemble }).probabilities(rows, wanted.length, out);
			assert.deepEqual(out, wanted);
		}),
		{ numRuns: 500 },
	);
});

/** Thresholds anywhere, and exactly on a probability, one unit below and above it: there rounding decides. */
const thresholdAbout = (probabilities: Float64Array): fc.Arbitrary<number> =>
	fc.oneof(
		fc.double(),
		fc.double({ min: 0, max: 1, noNaN: true }),
		fc.constantFrom(0, 1, 0.5, 0.99, 0.03, -0, Number.NaN, Infinity, -Infinity, 5e-324, 1e-308, 1 - 2 ** -53),
		...(probabilities.length > 0
			? [
					fc
						.tuple(fc.constantFrom(...probabilities), fc.constantFrom(-2, -1, 0, 1, 2))
						.map(([p, units]) => p + units * 2 ** -53 * Math.max(p, 2 ** -1000)),
				]
			: []),
	);

test("decisions with early exit are the plain predictor's, for every threshold", () => {
	const cases = ensembleAndRows.chain(([ensemble, rows]) => {
		const probabilities = referenceProbabilities(ensemble, rows);
		return fc.tuple(
			fc.constant({ ensemble, rows, probabilities }),
			thresholdAbout(probabilities),
			fc.array(thresholdAbout(probabilities), { minLength: probabilities.length, maxLength: probabilities.length }),
		);
	});
	fc.assert(
		fc.property(cases, ([{ ensemble, rows, probabilities }, threshold, each]) => {
			const predictor = createPredictor({ ensemble });
			const out = new Uint8Array(probabilities.length).fill(7);
			predictor.decide(rows, probabilities.length, threshold, out);
			assert.deepEqual(
				out,
				Uint8Array.from(probabilities, (p) => Number(p > threshold)),
			);
			predictor.decide(rows, probabilities.length, Float64Array.from(each), out.fill(7));
			assert.deepEqual(
				out,
				Uint8Array.from(probabilities, (p, i) => Number(p > each[i]!)),
			);
			const every = probabilities.length * (ensemble.roots.length - 1);
			const askedToDecide = predictor.treesAsked;
			assert.ok(askedToDecide <= 2 * every);
			predictor.probabilities(rows, probabilities.length, new Float64Array(probabilities.length));
			const askedForAll = predictor.treesAsked - askedToDecide;
			const hasStages = ensemble.stages.length > 0;
			assert.ok(hasStages ? askedForAll <= every && askedForAll >= probabilities.length : askedForAll === every);
			predictor.decide(rows, probabilities.length, 0.5, out);
			assert.equal(predictor.treesAsked > askedToDecide + askedForAll, probabilities.length > 0);
		}),
		{ numRuns: 1000 },
	);
});

test("a row that a stage rejects has the probability 0, and no further tree is evaluated for it", () => {
	const vote = (value: number) => ({
		feature: Int16Array.of(0, LEAF, LEAF),
		threshold: Float64Array.of(0.5, 0, 0),
		right: Int32Array.of(2, 0, 0),
		value: Float64Array.of(0, -value, value),
		weight: Float64Array.of(2, 1, 1),
		gain: new Float64Array(3),
	});
	const trees = Array.from({ length: 40 }, () => vote(0.1));
	const ensemble = cascaded(ensembleOf("boosted", 0, 1, trees), [{ trees: 3, rejectAt: 0 }]);
	const rows = Float64Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : 1));
	const probabilities = new Float64Array(rows.length);
	const predictor = createPredictor({ ensemble });
	predictor.probabilities(rows, rows.length, probabilities);
	assert.equal(predictor.treesAsked, 90 * 3 + 10 * 40);
	assert.ok(probabilities.every((p, i) => (i < 90 ? p === 0 : p > 0.9)));
	const decisions = new Uint8Array(rows.length);
	const deciding = createPredictor({ ensemble });
	deciding.decide(rows, rows.length, 0.01, decisions);
	assert.ok(deciding.treesAsked <= 90 * 3 + 10 * 40);
	assert.deepEqual(decisions, Uint8Array.from(rows));
});

test("more rows than a block, and more thresholds than are kept, are judged alike", () => {
	const [ensemble] = fc.sample(arbitraryEnsemble("forest"), { numRuns: 1, seed: 7 }) as [Ensemble];
	const count = 1000;
	const rows = Float64Array.from({ length: count * ensemble.featureCount }, (_, i) => ((i * 7919) % 41) / 10 - 2);
	const wanted = referenceProbabilities(ensemble, rows);
	const thresholds = Float64Array.from({ length: count }, (_, i) => (i % 150) / 150);
	const out = new Uint8Array(count);
	createPredictor({ ensemble }).decide(rows, count, thresholds, out);
	assert.deepEqual(
		out,
		Uint8Array.from(wanted, (p, i) => Number(p > thresholds[i]!)),
	);
});

test("a float32 is <= a threshold exactly where it is <= the threshold's float32", () => {
	const close = fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 2 ** -30, -(2 ** -30)));
	const threshold = fc.oneof(
		fc.double({ noNaN: true, noDefaultInfinity: true }),
		close.map(([x, off]) => x * (1 + off)),
		fc.constantFrom(0, -0, 1e-46, -1e-46, 3.5e38, -3.5e38, 2 ** -149, -(2 ** -149)),
	);
	fc.assert(
		fc.property(
			threshold,
			fc.oneof(fc.float(), fc.constantFrom(0, -0, 2 ** -149, -(2 ** -149))),
			(threshold, other) => {
				const rounded = float32Threshold(threshold);
				for (const x of [other, Math.fround(threshold), rounded]) assert.equal(x <= threshold, x <= rounded);
			},
		),
		{ numRuns: 2000 },
	);
});

test("order keys are in the order of the float32 values they are made of, NaN of either sign behind all of them", () => {
	const value = fc.oneof(
		fc.float({ noNaN: true }),
		fc.constantFrom(0, -0, 2 ** -149, -(2 ** -149), Infinity, -Infinity),
	);
	const keyOf = (x: number) => orderKey(new Int32Array(Float32Array.of(x).buffer)[0]!);
	const negativeNaN = 0xffc00000 | 0;
	fc.assert(
		fc.property(value, value, (x, y) => {
			assert.equal(keyOf(x) > keyOf(y), x > y);
			assert.equal(keyOf(x) === keyOf(y), x === y);
			assert.ok(keyOf(x) < orderKey(negativeNaN) && keyOf(x) < keyOf(Number.NaN));
		}),
		{ numRuns: 2000 },
	);
});

test("attribution adds up to the probability less that of an average row", () => {
	fc.assert(
		fc.property(ensembleAndRows, ([ensemble, rows]) => {
			const predictor = createPredictor({ ensemble });
			const effects = new Float64Array(ensemble.featureCount);
			const expected = createExpected(ensemble);
			for (let begin = 0; begin < rows.length; begin += ensemble.featureCount) {
				const row = rows.subarray(begin, begin + ensemble.featureCount);
				const probability = predictor.attribute(row, effects);
				assert.equal(probability, referenceProbability(ensemble, row));
				const moved = effects.reduce((sum, effect) => sum + effect, 0);
				const ofAllTrees = referenceProbability({ ...ensemble, stages: [] }, row);
				assert.ok(Math.abs(expected + moved - ofAllTrees) < 1e-9, `${expected} + ${moved} is not ${ofAllTrees}`);
			}
		}),
	);
});

/** The probability before any feature is looked at. */
function createExpected({ kind, base, roots, value }: Ensemble): number {
	let sum = base;
	for (const root of roots.subarray(0, -1)) sum += value[root]!;
	return kind === "forest" ? sum / (roots.length - 1) : 1 / (1 + Math.exp(-sum));
}
