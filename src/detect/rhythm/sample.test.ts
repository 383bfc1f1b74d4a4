import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_PACKETS, Sample } from "./sample.ts";

const values = fc.array(fc.oneof(fc.nat(20), fc.nat(1500)), { maxLength: MAX_PACKETS });

function sampleOf(numbers: readonly number[]): Sample {
	const sample = new Sample();
	sample.values.set(numbers);
	sample.count = numbers.length;
	sample.sort();
	return sample;
}

/** How many values the fullest window of this width holds, and the first value of the first such window. */
function fullest(sorted: readonly number[], width: number): { count: number; first: number } {
	let best = { count: 0, first: NaN };
	for (const first of sorted) {
		const count = sorted.filter((value) => value >= first && value - first <= width).length;
		if (count > best.count) best = { count, first };
	}
	return best;
}

test("the mode is the fullest window, the second mode the fullest outside it", () => {
	fc.assert(
		fc.property(values, fc.integer({ min: 0, max: 4 }), (numbers, tolerance) => {
			const sorted = numbers.toSorted((a, b) => a - b);
			const sample = sampleOf(numbers);
			sample.findMode(tolerance);
			const mode = fullest(sorted, 2 * tolerance);
			assert.equal(sample.modeCount, mode.count);
			if (mode.count > 0) assert.equal(sample.values[sample.modeBegin], mode.first);
			const below = fullest(sorted.slice(0, sample.modeBegin), 2 * tolerance).count;
			const above = fullest(sorted.slice(sample.modeBegin + sample.modeCount), 2 * tolerance).count;
			assert.equal(sample.secondModeCount(tolerance), Math.max(below, above));
		}),
	);
});

test("order statistics are those of the sorted values", () => {
	fc.assert(
		fc.property(values, (numbers) => {
			const sorted = numbers.toSorted((a, b) => a - b);
			const sample = sampleOf(numbers);
			assert.deepEqual([...sample.values.subarray(0, sample.count)], sorted);
			if (sorted.length === 0) return;
			assert.equal(sample.median(), sample.quantile(0.5));
			assert.equal(sample.smallest(), sorted[0]);
			assert.equal(sample.largest(), sorted.at(-1));
			const gaps = sorted.filter((value, i) => i > 0 && value - sorted[i - 1]! > 4).length;
			assert.equal(sample.clusters(4), gaps + 1);
		}),
	);
});
