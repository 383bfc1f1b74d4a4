import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "../../flow/columns-of-flows.ts";
import { arbitraryShapelyFlow } from "../shapely-flow.testing.ts";
import { BEATS } from "./beats.ts";
import { PacketTrain } from "./packet-train.ts";

const NAMES = Object.keys(BEATS.features);

/** The features of a server's messages at these seconds, of a record cut out of the middle. */
function beatsOf(seconds: readonly number[]): Record<string, number> {
	const [any] = fc.sample(arbitraryShapelyFlow(), { seed: 1, numRuns: 1 });
	const train = new PacketTrain();
	const flow = {
		...any!,
		tcpFlags: 0x18,
		tcpFlagsReverse: 0x18,
		packetLengths: seconds.map(() => 254),
		packetDirections: seconds.map(() => -1),
		packetFlags: seconds.map(() => 0x18),
		packetTimes: seconds.map((second) => 1e15 + Math.round(second * 1e6)),
	};
	train.read(columnsOfFlows([flow]), 0);
	const out = new Float64Array(NAMES.length);
	BEATS.compute(train, out, 0);
	return Object.fromEntries(NAMES.map((name, k) => [name, out[k]!]));
}

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
			const train = new PacketTrain();
			train.read(columnsOfFlows([flow]), 0);
			const out = new Float64Array(NAMES.length);
			BEATS.compute(train, out, 0);
			for (const [k, name] of NAMES.entries()) {
				assert.ok(Number.isFinite(out[k]!), name);
				if (!name.endsWith("SECONDS")) assert.ok(out[k]! <= 1, name);
			}
		}),
	);
});
