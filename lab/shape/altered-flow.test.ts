import assert from "node:assert/strict";
import { test } from "node:test";
import { MINIMUM_PACKETS } from "../../src/detect/shape-obstacle.ts";
import { type Flow, flowAt } from "../../src/flow/flow.ts";
import { Random } from "../random.ts";
import { alteredFlow } from "./altered-flow.ts";
import { simulateCorpus } from "./corpus.ts";

const { flows } = simulateCorpus({ label: "Miner", conversations: 60, seed: 3 });
const originals = Array.from({ length: flows.length }, (_, i) => flowAt(flows, i));
const random = new Random(5);
const pairs = originals.flatMap((flow): [Flow, Flow][] => {
	const relative = alteredFlow(flow, random);
	return relative ? [[flow, relative]] : [];
});

test("an altered copy is a flow that can be judged, with ordered packets within its duration", () => {
	assert.ok(pairs.length > originals.length / 2);
	for (const [, relative] of pairs) {
		const { packetLengths, packetDirections, packetFlags, packetTimes, timeFirst, timeLast } = relative;
		const count = packetLengths.length;
		assert.ok(count >= 2 && count <= 30);
		assert.deepEqual([packetDirections.length, packetFlags.length, packetTimes.length], [count, count, count]);
		assert.ok(relative.packets >= MINIMUM_PACKETS && relative.packetsReverse >= MINIMUM_PACKETS);
		assert.ok(packetTimes.every((time, k) => time >= (packetTimes[k - 1] ?? timeFirst) && time <= timeLast));
		assert.ok(packetLengths.every((length) => length >= 1 && length <= 1460));
		assert.ok(relative.bytes >= 40 * relative.packets && relative.bytesReverse >= 40 * relative.packetsReverse);
	}
});

test("equally long messages of one end stay equal, and the turns do not change", () => {
	const unaltered = (flow: Flow) => flow.packetDirections.map((direction) => direction * flow.packetDirections[0]!);
	for (const [flow, relative] of pairs) {
		const [all, part] = [unaltered(flow).join(), unaltered(relative).join()];
		const turned = unaltered(flow).map((direction) => -direction);
		assert.ok(all.includes(part) || turned.join().includes(part), `${part} in ${all}`);
		const kinds = (each: Flow) =>
			new Set(each.packetLengths.map((length, k) => length * each.packetDirections[k]!)).size;
		assert.ok(kinds(relative) <= kinds(flow));
	}
});

test("the same randomness yields the same altered copy", () => {
	const flow = originals.find((each) => each.packetLengths.length > 10)!;
	assert.deepEqual(alteredFlow(flow, new Random(9)), alteredFlow(flow, new Random(9)));
});
