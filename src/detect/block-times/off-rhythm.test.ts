import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { offRhythm } from "./off-rhythm.ts";

const SECOND = 1e6;

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

function poisson(random: () => number, interval: number, length: number): number[] {
	const times: number[] = [];
	for (let t = 0; ; ) {
		t -= Math.log(1 - random()) * interval;
		if (t >= length) return times;
		times.push(t);
	}
}

describe("pushes off the rhythm", () => {
	it("are all but the first few of a steady one, also if it is not exact", () => {
		const random = randomFrom(1);
		for (const period of [10, 30, 60, 300]) {
			const steady = Array.from({ length: 100 }, (_, k) => (period * k + random()) * SECOND);
			assert.ok(offRhythm(steady).length <= 2, `${offRhythm(steady).length} of period ${period}`);
		}
	});
	it("are nearly all of a Poisson process", () => {
		const random = randomFrom(2);
		let kept = 0;
		let all = 0;
		for (let run = 0; run < 50; run++) {
			const blocks = poisson(random, 120 * SECOND, 7200 * SECOND);
			kept += offRhythm(blocks).length;
			all += blocks.length;
		}
		assert.ok(kept / all > 0.93, `${kept} of ${all}`);
	});
	it("are most blocks among refreshes that begin anew with each block", () => {
		const random = randomFrom(3);
		const blocks = poisson(random, 120 * SECOND, 14_400 * SECOND);
		const pushes = blocks.flatMap((block, k) => {
			const next = blocks[k + 1] ?? 14_400 * SECOND;
			const count = Math.floor((next - block) / (30 * SECOND));
			return [block, ...Array.from({ length: count }, (_, n) => block + (n + 1) * 30 * SECOND)];
		});
		const kept = new Set(offRhythm(pushes));
		const share = blocks.filter((block) => kept.has(block)).length / blocks.length;
		assert.ok(share > 0.7, `${share} of the blocks kept`);
		assert.ok(kept.size < 1.2 * blocks.length, `${kept.size} kept of ${pushes.length}`);
	});
	it("of nothing are nothing", () => {
		assert.deepEqual(offRhythm([]), []);
		assert.deepEqual(offRhythm([7]), [7]);
	});
});
