import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arbitraryShapelyFlow } from "../shapely-flow.testing.ts";
import { BEATS } from "./beats.ts";
import { featuresOf, trainOf, trainOfPackets } from "./packet-train.testing.ts";

/** The features of a server's messages at these seconds. */
const beatsOf = (seconds: readonly number[]) =>
	featuresOf(BEATS, trainOfPackets(seconds.map((second) => [second, -254] as const)));

test("a timer has one beat and nothing longer; the other end has none", () => {
	const beats = beatsOf([0, 10, 20.02, 30, 40.03, 50]);
	assert.equal(beats.PUSH_BEAT_SHARE, 1);
	assert.ok(Math.abs(beats.PUSH_BEAT_SECONDS! - 10.03) < 1e-6);
	assert.equal(beats.PUSH_BEAT_LONGER, 0);
	assert.equal(beats.CALL_BEAT_SHARE, -1);
});

test("a timer that every message sets anew shows as a beat beside shorter waits", () => {
	const beats = beatsOf([0, 30, 47, 77, 80, 110, 140, 161]);
	assert.equal(beats.PUSH_BEAT_SHARE, 4 / 7);
	assert.equal(beats.PUSH_BEAT_SECONDS, 30);
	assert.equal(beats.PUSH_BEAT_LONGER, 0);
});

test("a missed beat is a longer wait", () => {
	const beats = beatsOf([0, 2, 4, 8, 10, 12]);
	assert.equal(beats.PUSH_BEAT_SHARE, 4 / 5);
	assert.equal(beats.PUSH_BEAT_LONGER, 1 / 5);
});

test("whatever the flow, shares are shares and all is finite", () => {
	fc.assert(
		fc.property(arbitraryShapelyFlow(), (flow) => {
			for (const [name, value] of Object.entries(featuresOf(BEATS, trainOf(flow)))) {
				assert.ok(Number.isFinite(value), name);
				if (!name.endsWith("SECONDS")) assert.ok(value <= 1, name);
			}
		}),
	);
});
