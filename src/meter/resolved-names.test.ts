import assert from "node:assert/strict";
import { test } from "node:test";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { flowAt } from "../flow/flow.ts";
import { Meter } from "./meter.ts";

const CLIENT = (10 << 24) | 1;
const RESOLVER = (10 << 24) | 53;
const SERVER = (192 << 24) | (2 << 8) | 1;

/** An answer to "pool.example": 192.0.2.1. */
const MESSAGE = Buffer.from(
	"010281800001000100000000" + "04706f6f6c076578616d706c65000001" + "0001" + "c00c00010001000000780004c0000201",
	"hex",
);

function packet(source0: number, destination0: number, fields: Partial<DecodedPacket>): DecodedPacket {
	return Object.assign(new DecodedPacket(), { version: 4, source0, destination0, ...fields });
}

function metered(prefix: readonly number[], protocol: number, options = { resolvedNames: true }) {
	const meter = new Meter({ maximumFlows: 10, ...options });
	const bytes = Uint8Array.from([...prefix, ...MESSAGE]);
	const answer = {
		protocol,
		sourcePort: 53,
		destinationPort: 4000,
		payloadLength: bytes.length,
		payloadEnd: bytes.length,
	};
	meter.add(packet(RESOLVER, CLIENT, answer), bytes, 1e6);
	const tcp = { protocol: 6, sourcePort: 40_000, destinationPort: 443 };
	meter.add(packet(CLIENT, SERVER, tcp), bytes, 2e6);
	meter.add(packet(CLIENT + 1, SERVER, tcp), bytes, 2e6);
	while (meter.drain(10));
	const flows = Array.from({ length: meter.flows.length }, (_, i) => flowAt(meter.flows.columns(), i));
	return { names: flows.map(({ resolvedName }) => resolvedName), asked: [...meter.askedNames()] };
}

test("a flow has the name that its client resolved to the server; another client's flow has none", () => {
	const { names, asked } = metered([], 17);
	assert.deepEqual(names, ["", "pool.example", ""]);
	assert.deepEqual(
		asked.map(({ name, isConnected }) => [name, isConnected]),
		[["pool.example", true]],
	);
});

test("answers over TCP are read after their length", () => {
	assert.deepEqual(metered([0, MESSAGE.length], 6).names, ["", "pool.example", ""]);
});

test("without the option there is no column", () => {
	assert.deepEqual(metered([], 17, { resolvedNames: false }).names, [undefined, undefined, undefined]);
});
