import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { computeFeatures, featurePlan, knownFeatures } from "./features.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "./shape-obstacle.ts";
import { arbitraryShapelyFlow } from "./shapely-flow.testing.ts";

const ALL = [...knownFeatures().keys()];

function featuresOf(flow: Flow, names: readonly string[]): number[] {
	const out = new Float64Array(names.length + 2).fill(-7);
	computeFeatures(columnsOfFlows([flow]), 0, featurePlan(names), out, 1);
	assert.deepEqual([out[0], out.at(-1)], [-7, -7], "nothing is written beside the row");
	return [...out.subarray(1, -1)];
}

test("the original's features have fractions of seconds and of packets", () => {
	const [any] = fc.sample(arbitraryShapelyFlow(), { seed: 1, numRuns: 1 });
	const flow: Flow = {
		...any!,
		bytes: 1000,
		bytesReverse: 2000,
		packets: 10,
		packetsReverse: 9,
		timeFirst: 1_000_000,
		timeLast: 2_250_000,
		packetLengths: [100, 50, 30, 20],
		packetDirections: [1, -1, -1, 1],
		packetFlags: [0x18, 0x10, 0x18, 0x18],
		packetTimes: [1_000_000, 1_100_000, 1_200_000, 1_750_000],
	};
	assert.deepEqual(featuresOf(flow, ALL.slice(0, 12)), [1000, 2000, 10, 9, 0.5, 0.5, 0.25, 1.25, 50, 0.75, 20, 1.5]);
	const silent = { ...flow, packetDirections: [1, 1, 1, 1] };
	assert.deepEqual(
		featuresOf(silent, ["DATA_SYMMETRY", "RECV_PERCENTAGE"]),
		[0, 0],
		"no bytes back: 0, no division by it",
	);
});

test("the original's packet-list features equal those of a plain computation per packet", () => {
	fc.assert(
		fc.property(arbitraryShapelyFlow(), (flow) => {
			const { packetLengths, packetDirections, packetFlags } = flow;
			const count = packetLengths.length;
			const bytesOf = (direction: number) =>
				packetLengths.reduce((sum, length, k) => sum + (packetDirections[k] === direction ? length : 0), 0);
			const received = bytesOf(-1);
			const wanted = {
				SENT_PERCENTAGE: packetDirections.filter((direction) => direction === 1).length / count,
				AVG_PKT_LEN: (bytesOf(1) + received) / count,
				PSH_RATIO: packetFlags.filter((flags) => (flags & 8) !== 0).length / count,
				MIN_PKT_LEN: Math.min(...packetLengths),
				DATA_SYMMETRY: received === 0 ? 0 : bytesOf(1) / received,
			};
			assert.deepEqual(featuresOf(flow, Object.keys(wanted)), Object.values(wanted));
		}),
	);
});

test("any choice of features in any order has the same values as all of them together", () => {
	fc.assert(
		fc.property(arbitraryShapelyFlow(), fc.shuffledSubarray(ALL, { minLength: 1 }), (flow, names) => {
			const all = featuresOf(flow, ALL);
			assert.deepEqual(
				featuresOf(flow, names),
				names.map((name) => all[ALL.indexOf(name)]),
			);
			assert.ok(all.every(Number.isFinite), "finite");
		}),
	);
});

test("an unknown or repeated feature is rejected by name", () => {
	assert.throws(() => featurePlan(["BYTES", "ENTROPY", "MOOD"]), /^DeCryptoError: unknown feature ENTROPY, MOOD$/);
	assert.throws(() => featurePlan(["BYTES", "PACKETS", "BYTES"]), /BYTES is named twice/);
});

test("the forest judges only flows with enough packets and valid packet lists", () => {
	const [sound] = fc.sample(arbitraryShapelyFlow(), { seed: 2, numRuns: 1 });
	const obstacle = (change: Partial<Flow>) => shapeObstacle(columnsOfFlows([{ ...sound!, ...change }]), 0);
	assert.equal(obstacle({}), SHAPE_OBSTACLE.NONE);
	assert.equal(obstacle({ packetsReverse: 0 }), SHAPE_OBSTACLE.ONE_DIRECTION);
	assert.equal(obstacle({ packetsReverse: 7 }), SHAPE_OBSTACLE.TOO_FEW_PACKETS);
	const lists = { packetLengths: [], packetDirections: [], packetFlags: [], packetTimes: [] };
	assert.equal(obstacle(lists), SHAPE_OBSTACLE.NO_PACKET_LIST);
	assert.equal(obstacle({ packetTimes: [...sound!.packetTimes, 1] }), SHAPE_OBSTACLE.BROKEN_LISTS);
	assert.equal(
		obstacle({ packetDirections: sound!.packetDirections.map((_, k) => (k === 1 ? 0 : 1)) }),
		SHAPE_OBSTACLE.BROKEN_LISTS,
	);
	fc.assert(
		fc.property(arbitraryFlow(), (flow) => {
			const lists = [flow.packetLengths, flow.packetDirections, flow.packetFlags, flow.packetTimes];
			const passes = shapeObstacle(columnsOfFlows([flow]), 0) === SHAPE_OBSTACLE.NONE;
			if (passes) assert.ok(lists.every((list) => list.length >= 2 && list.length === lists[0]!.length));
		}),
	);
});
