import assert from "node:assert/strict";
import { test } from "node:test";
import type { Explanation } from "../detect/explanation.ts";
import { VerdictColumns } from "../detect/verdicts.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import { dissentOf, sightingOf } from "./sighting-of.ts";

const flow: Flow = {
	sourceAddress: "203.0.113.7",
	destinationAddress: "10.0.0.5",
	sourcePort: 3333,
	destinationPort: 49152,
	protocol: 6,
	bytes: 6000,
	bytesReverse: 2000,
	packets: 22,
	packetsReverse: 20,
	tcpFlags: 0x1b,
	tcpFlagsReverse: 0x1b,
	timeFirst: 1_700_000_000_000_001,
	timeLast: 1_700_000_299_000_000,
	packetLengths: [120, 300],
	packetDirections: [1, -1],
	packetFlags: [24, 24],
	packetTimes: [1_700_000_000_100_000, 1_700_000_000_200_000],
	payload: new Uint8Array(0),
	payloadReverse: new Uint8Array(0),
	serverName: "x".repeat(1000),
};

function sighting(explanation: Explanation) {
	const verdicts = new VerdictColumns();
	verdicts.reset(1);
	verdicts.reasons[0] = 3;
	return sightingOf({ input: "f.csv", flows: columnsOfFlows([flow]), verdicts, explain: () => explanation }, 0);
}

test("the end that mines comes from the explanation, and directions follow it", () => {
	const { miner, pool, bytesToPool, bytesToMiner, packets, decidedBy } = sighting({
		evidence: [],
		minerIsSource: false,
	});
	assert.deepEqual(miner, { address: "10.0.0.5", port: 49152 });
	assert.deepEqual(pool, { address: "203.0.113.7", port: 3333 });
	assert.deepEqual([bytesToPool, bytesToMiner, decidedBy], [2000, 6000, "ml"]);
	assert.deepEqual(packets?.directions, [-1, 1]);
});

test("texts of the network are bounded, and the sighting is plain", () => {
	const excerpt = "y".repeat(70_000);
	const taken = sighting({
		evidence: [{ signal: "payload", direction: "forward", protocol: "stratum", message: "m", excerpt }],
		minerIsSource: true,
	});
	assert.equal(taken.serverName!.length, 255);
	assert.ok(JSON.stringify(taken).length < 3000);
	assert.deepEqual(structuredClone(taken), JSON.parse(JSON.stringify(taken)));
});

test("a dissent names the end with the lower port as the server", () => {
	const { client, server, at } = dissentOf("f.csv", columnsOfFlows([flow]), 0, 0.2);
	assert.deepEqual([client.port, server.port, at], [49152, 3333, flow.timeLast]);
});
