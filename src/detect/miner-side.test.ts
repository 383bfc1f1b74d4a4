import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { type EndHints, minerSideBy } from "./miner-side.ts";

const [any] = fc.sample(arbitraryFlow(), { seed: 6, numRuns: 1 });
const none = new Uint8Array();
const flow: Flow = {
	...any!,
	sourceAddress: "192.0.2.7",
	destinationAddress: "198.51.100.9",
	sourcePort: 50_000,
	destinationPort: 3333,
	payload: none,
	payloadReverse: none,
};
const turned = { ...flow, sourcePort: 3333, destinationPort: 50_000 };
const CLIENT_HELLO = Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3);

const mines = (change: Partial<Flow>, hints: Partial<EndHints> = {}) =>
	minerSideBy(columnsOfFlows([{ ...flow, ...change }]), 0, { poolIsNamed: false, ...hints }) === "source";

test("the role in the protocol comes before everything else", () => {
	const hints = { poolIsNamed: true, listedIsSource: true, internal: () => true };
	assert.equal(mines({}, { ...hints, protocolMinerIsSource: false }), false);
	assert.equal(mines(turned, { ...hints, protocolMinerIsSource: true }), true);
});

test("who named the pool in a ClientHello mines, also where the flow begins with the pool's packets", () => {
	assert.equal(mines({ ...turned, payload: CLIENT_HELLO }, { poolIsNamed: true }), true);
	assert.equal(mines({ payloadReverse: CLIENT_HELLO }, { poolIsNamed: true }), false);
	assert.equal(mines(turned, { poolIsNamed: true }), false, "without one the ports tell");
});

test("the end on a pool list is the pool", () => {
	assert.equal(mines({}, { listedIsSource: true }), false);
	assert.equal(mines(turned, { listedIsSource: false }), true);
});

test("the end in our networks mines, where only one is", () => {
	const ours = (text: string) => ({
		internal: (addresses: Uint8Array, offset: number) => addresses[offset + 8] === Number(text),
	});
	assert.equal(mines(turned, ours("192")), true);
	assert.equal(mines({}, ours("198")), false);
	assert.equal(mines({}, { internal: () => true }), true, "where both are, the ports tell");
});

test("else the server by its port is the pool", () => {
	assert.equal(mines({}), true);
	assert.equal(mines(turned), false);
	assert.equal(mines({ sourcePort: 443, destinationPort: 14_444 }), false, "of two service ports the lower");
	assert.equal(mines({ sourcePort: 40_000, destinationPort: 50_000 }), false, "the lower port is the server's");
	const sameports = { sourcePort: 3333, destinationPort: 3333 };
	assert.equal(mines({ ...sameports, destinationAddress: "10.0.0.1" }), false, "a private address is no public pool's");
	assert.equal(mines({ ...sameports, destinationAddress: "fd00::1" }), false);
	assert.equal(mines(sameports), true, "and where nothing tells, whoever sent first");
});
