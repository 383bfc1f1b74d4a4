import assert from "node:assert/strict";
import { test } from "node:test";
import { FlowClock } from "./flow-clock.ts";

const T = 1_700_000_000_000_000;
const WALL = T / 1000;

test("before the first flow there is no time", () => {
	assert.equal(new FlowClock(null, 0).now(5000, WALL), null);
});

test("without flows the time goes on at the speed of the monotonic clock", () => {
	const clock = new FlowClock(null, 0);
	clock.saw(T, 1000);
	assert.equal(clock.now(4000, WALL + 3000), T + 3e6);
	clock.saw(T - 5e6, 4000);
	assert.equal(clock.now(4000, WALL + 3000), T + 3e6);
	clock.saw(T + 10e6, 4000);
	assert.equal(clock.now(4000, WALL + 10_000), T + 10e6);
});

test("flows of a capture from last week have last week's time", () => {
	const clock = new FlowClock(null, 0);
	clock.saw(T, 0);
	assert.equal(clock.now(60_000, WALL + 7 * 86_400_000), T + 60e6);
});

test("a wall clock that is set back stops the time, and never turns it back", () => {
	const clock = new FlowClock(T, 0);
	assert.equal(clock.now(5000, WALL - 3_600_000), T);
	assert.equal(clock.now(5000, WALL + 2000), T + 2e6);
});

test("times that are no numbers change nothing", () => {
	const clock = new FlowClock(T, 0);
	clock.saw(Number.NaN, 10);
	clock.saw(Number.POSITIVE_INFINITY, 10);
	assert.equal(clock.now(0, WALL), T);
});
