import assert from "node:assert/strict";
import { test } from "node:test";
import { paced, shuffled } from "./pace.ts";

/** Milliseconds by which a timer may fire early. */
const TOLERANCE = 2;

test("turns keep their gap overall and per address, and no address has two jobs at a time", async () => {
	const groups = Array.from({ length: 8 }, (_, address) => Array.from({ length: 3 }, () => address));
	const turns: { at: number; address: number }[] = [];
	const busy = new Set<number>();
	let atOnce = 0;
	await paced(groups, { connections: 5, perSecond: 200, perAddressGap: 40 }, async (address, turn) => {
		assert.ok(!busy.has(address));
		busy.add(address);
		atOnce = Math.max(atOnce, busy.size);
		for (let i = 0; i < 2; i++) {
			assert.ok(await turn());
			turns.push({ at: performance.now(), address });
		}
		await new Promise((resolve) => setImmediate(resolve));
		busy.delete(address);
	});
	assert.equal(turns.length, 48);
	assert.ok(atOnce <= 5);
	turns.sort((a, b) => a.at - b.at);
	// 200 per second are 5 ms apart; over any ten of them the lateness of a timer cannot shorten the gap.
	for (let i = 10; i < turns.length; i++)
		assert.ok(turns[i]!.at - turns[i - 10]!.at >= 10 * 5 - 5 - TOLERANCE || i < 10 || lateBefore(turns, i));
	for (const [, own] of Map.groupBy(turns, ({ address }) => address)) {
		for (let i = 1; i < own.length; i++) assert.ok(own[i]!.at - own[i - 1]!.at >= 40 - TOLERANCE);
	}
});

/** Late turns may be followed by punctual ones: then the gap is shorter by the lateness. */
function lateBefore(turns: readonly { at: number }[], i: number): boolean {
	const begun = turns[0]!.at;
	return turns[i]!.at - begun >= i * 5 - TOLERANCE;
}

test("all jobs are done once, groups in parallel", async () => {
	const done: number[] = [];
	const groups = Array.from({ length: 100 }, (_, i) => [i * 2, i * 2 + 1]);
	await paced(groups, { connections: 7, perSecond: 1e6, perAddressGap: 0 }, async (job, turn) => {
		await turn();
		done.push(job);
	});
	assert.deepEqual(
		done.sort((a, b) => a - b),
		Array.from({ length: 200 }, (_, i) => i),
	);
});

test("an interruption ends the waiting and the work", async () => {
	const interruption = new AbortController();
	let done = 0;
	setTimeout(() => interruption.abort(), 10);
	await paced(
		[[1, 2, 3]],
		{ connections: 1, perSecond: 1, perAddressGap: 60_000 },
		async (_, turn) => {
			if (await turn()) done++;
		},
		interruption.signal,
	);
	assert.equal(done, 1);
});

test("shuffling keeps every element and uses the given random generator", () => {
	const elements = Array.from({ length: 50 }, (_, i) => i);
	const mixed = shuffled(elements);
	assert.deepEqual(
		[...mixed].sort((a, b) => a - b),
		elements,
	);
	assert.deepEqual(
		shuffled([1, 2, 3], () => 0),
		[2, 3, 1],
	);
});
