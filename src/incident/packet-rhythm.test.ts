import assert from "node:assert/strict";
import { test } from "node:test";
import { packetRhythm } from "./packet-rhythm.ts";

test("packets with payload, and as pushes those that the pool sends first after half a second of silence", () => {
	const packets = packetRhythm({
		lengths: [200, 0, 150, 300, 40, 310],
		directions: [1, -1, -1, -1, 1, -1],
		times: [0, 0.05e6, 0.1e6, 20e6, 20.1e6, 20.4e6],
	});
	assert.deepEqual(
		packets.map(({ length, fromMiner, isPush }) => [length, fromMiner, isPush]),
		[
			[200, true, false],
			[150, false, false],
			[300, false, true],
			[40, true, false],
			[310, false, false],
		],
	);
});
