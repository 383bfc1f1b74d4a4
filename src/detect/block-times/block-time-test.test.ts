import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { binomialTailByRecurrence } from "./binomial-tail.oracle.testing.ts";
import { logBinomialTail } from "./binomial-tail.ts";
import { logBlockTimeMartingale } from "./block-time-martingale.ts";
import { testBlockTimes, WINDOW_OF_PUSHES, windowFor } from "./block-time-test.ts";
import { contains, intersection, totalLength, unionOfSpans } from "./spans.ts";

const SECOND = 1e6;
const HOUR = 3600 * SECOND;

/** Uniform numbers in [0, 1): mulberry32. */
function randomFrom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Times of a Poisson process over `length` microseconds. */
function poisson(random: () => number, interval: number, length: number): number[] {
	const times: number[] = [];
	for (let t = 0; ; ) {
		t -= Math.log(1 - random()) * interval;
		if (t >= length) return times;
		times.push(t);
	}
}

const hour = unionOfSpans([[0, HOUR]]);

describe("the upper tail of the binomial distribution", () => {
	it("agrees with the recurrence over trials", () => {
		const cases = fc.tuple(
			fc.integer({ min: 0, max: 60 }),
			fc.integer({ min: 0, max: 60 }),
			fc.double({ min: 0.001, max: 0.999, noNaN: true }),
		);
		fc.assert(
			fc.property(cases, ([trials, hits, q]) => {
				const exact = binomialTailByRecurrence(hits, trials, q);
				const tail = Math.exp(logBinomialTail(hits, trials, q));
				assert.ok(Math.abs(tail - exact) <= 1e-9 * exact + 1e-300, `${tail} against ${exact}`);
			}),
		);
	});
	it("keeps digits where the probability is below the smallest double", () => {
		assert.ok(Math.abs(logBinomialTail(1000, 1000, 0.01) - 1000 * Math.log(0.01)) < 1e-6);
	});
	it("is certain without hits and impossible beyond the trials", () => {
		assert.equal(logBinomialTail(0, 10, 0.2), 0);
		assert.equal(logBinomialTail(11, 10, 0.2), -Infinity);
		assert.equal(logBinomialTail(1, 10, 0), -Infinity);
	});
});

describe("spans of time", () => {
	const spanLists = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
		maxLength: 12,
	});
	it("unite and intersect as sets of points do", () => {
		fc.assert(
			fc.property(spanLists, spanLists, (a, b) => {
				const [one, two] = [unionOfSpans(a), unionOfSpans(b)];
				const both = intersection(one, two);
				for (let t = 0; t <= 50; t++) {
					const isIn = (spans: typeof a) => spans.some(([begin, end]) => begin <= t && t <= end);
					assert.equal(contains(one, t), isIn(a));
					assert.equal(contains(both, t), isIn(a) && isIn(b));
				}
				assert.ok(totalLength(both) <= Math.min(totalLength(one), totalLength(two)));
			}),
		);
	});
});

describe("the test of block times", () => {
	it("counts blocks in view, hits and coverage", () => {
		const observed = { pushes: [10, 20, 21].map((t) => t * SECOND), spans: unionOfSpans([[0, 100 * SECOND]]) };
		const result = testBlockTimes(
			observed,
			[9, 19, 50, 200].map((t) => t * SECOND),
			{ lo: 0, hi: 2 * SECOND },
		);
		assert.equal(result.blocks, 3);
		assert.equal(result.hits, 2);
		// Windows [8, 10] and [18, 21] of 100 seconds.
		assert.ok(Math.abs(result.coverage - 0.05) < 1e-12);
		assert.ok(Math.abs(Math.exp(result.logP) - (3 * 0.05 ** 2 * 0.95 + 0.05 ** 3)) < 1e-12);
	});
	it("finds a pool that pushes each block within seconds, among refreshes every minute", () => {
		const random = randomFrom(1);
		const blocks = poisson(random, 120 * SECOND, HOUR);
		const jobs = blocks.map((block) => block + (0.2 + 2.3 * random()) * SECOND);
		const refreshes = Array.from({ length: 60 }, (_, minute) => (minute + random()) * 60 * SECOND);
		const pushes = [...jobs, ...refreshes].sort((a, b) => a - b);
		const result = testBlockTimes({ pushes, spans: hour }, blocks, WINDOW_OF_PUSHES);
		assert.ok(result.logP < Math.log(1e-9), `ln p ${result.logP}`);
		assert.ok(logBlockTimeMartingale({ pushes, spans: hour }, blocks, WINDOW_OF_PUSHES) > Math.log(1e6));
	});
	it("keeps its promise where pushes come in bursts that have nothing to do with blocks", () => {
		const random = randomFrom(2);
		let below = 0;
		let exceeding = 0;
		const runs = 2000;
		for (let run = 0; run < runs; run++) {
			const bursts = poisson(random, 300 * SECOND, HOUR);
			const pushes = bursts
				.flatMap((burst) => [0, 1, 2, 3, 4].map((k) => burst + k * 1.5 * SECOND))
				.sort((a, b) => a - b);
			const blocks = poisson(random, 120 * SECOND, HOUR);
			const observed = { pushes, spans: hour };
			if (testBlockTimes(observed, blocks, WINDOW_OF_PUSHES).logP <= Math.log(0.01)) below++;
			if (logBlockTimeMartingale(observed, blocks, WINDOW_OF_PUSHES) >= Math.log(100)) exceeding++;
		}
		// At most one in 100 by the test's promise; 40 of 2,000 is four standard deviations above.
		assert.ok(below <= 40, `${below} of ${runs} below 0.01`);
		assert.ok(exceeding <= 40, `${exceeding} of ${runs} martingales above 100`);
	});
	it("goes on over steps without pushes", () => {
		const pushes = [10, 100, 200, 1000, 1100, 1900].map((at) => at * SECOND);
		const blocks = [9, 99, 199, 450, 999, 1099, 1899].map((at) => at * SECOND);
		const value = logBlockTimeMartingale({ pushes, spans: hour }, blocks, WINDOW_OF_PUSHES);
		assert.ok(value > Math.log(1e3), `ln ${value}`);
	});
	it("says nothing of a connection that was not observed", () => {
		const result = testBlockTimes({ pushes: [], spans: unionOfSpans([]) }, [1, 2], WINDOW_OF_PUSHES);
		assert.deepEqual([result.blocks, result.logP], [0, 0]);
	});
	it("narrows the window for coins with quick blocks", () => {
		const narrow = windowFor(WINDOW_OF_PUSHES, 12 * SECOND);
		assert.ok(Math.abs(narrow.hi - narrow.lo - 1.2 * SECOND) < 1);
		assert.deepEqual(windowFor(WINDOW_OF_PUSHES, 600 * SECOND), WINDOW_OF_PUSHES);
	});
});
