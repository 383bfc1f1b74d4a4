import assert from "node:assert/strict";
import { test } from "node:test";
import { SHAPE_OBSTACLE, shapeObstacle } from "../../src/detect/shape-obstacle.ts";
import { flowAt } from "../../src/flow/flow.ts";
import { Random } from "../random.ts";
import { simulateCorpus } from "./corpus.ts";
import { cutFlows } from "./flow-cutter.ts";
import { MINERS } from "./miners/protocols.ts";
import { ORDINARY } from "./ordinary/kinds.ts";
import { drawFraming } from "./tls-framing.ts";
import type { SeenPacket } from "./transport.ts";

for (const label of ["Miner", "Other"] as const) {
	test(`${label}: flows are such that their shape can be judged, and every kind occurs`, () => {
		const { flows, kinds } = simulateCorpus({ label, conversations: 500, seed: 11 });
		for (let i = 0; i < flows.length; i++) {
			assert.equal(shapeObstacle(flows, i), SHAPE_OBSTACLE.NONE);
			const { packetTimes, packetLengths, timeFirst, timeLast } = flowAt(flows, i);
			assert.ok(
				packetTimes.every((time, k) => k === 0 || time >= packetTimes[k - 1]!),
				"in order of time",
			);
			assert.ok(packetTimes[0]! >= timeFirst && packetTimes.at(-1)! <= timeLast);
			assert.ok(packetLengths.every((length) => length > 0 && length <= 1500) && packetLengths.length <= 30);
		}
		const all = label === "Miner" ? MINERS : ORDINARY;
		assert.deepEqual([...new Set(kinds)].sort(), all.map(({ kind }) => kind).sort());
	});
}

test("the same seed gives the same flows, another seed others", () => {
	const flowsOf = (seed: number) => {
		const { flows } = simulateCorpus({ label: "Miner", conversations: 20, seed });
		return Array.from({ length: flows.length }, (_, i) => flowAt(flows, i));
	};
	assert.deepEqual(flowsOf(3), flowsOf(3));
	assert.notDeepEqual(flowsOf(3), flowsOf(4));
});

test("a flow ends after 300 s, and after 65 s of silence", () => {
	const packets: SeenPacket[] = [];
	const talk = (begin: number, end: number) => {
		for (let at = begin; at < end; at += 10)
			for (const fromServer of [false, true]) packets.push({ at, fromServer, length: 100, flags: 0x18 });
	};
	talk(0, 400);
	talk(500, 600);
	const begins = cutFlows(packets, { active: 300, inactive: 65 }).map((flow) => flow[0]!.at);
	assert.deepEqual(begins, [0, 300, 500]);
});

test("a record of TLS adds its overhead to what was written, 16 KiB at most in one", () => {
	for (let seed = 0; seed < 50; seed++) {
		const { sealed } = drawFraming(new Random(seed));
		assert.ok(sealed(100) >= 121 && sealed(100) <= 100 + 22 + 128);
		assert.equal(sealed(16_384 + 100), sealed(16_384) + sealed(100));
	}
});
