import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arbitraryShapelyFlow } from "../shapely-flow.testing.ts";
import { MESSAGES } from "./messages.ts";
import { featuresOf, trainOf, trainOfPackets } from "./packet-train.testing.ts";

const NAMES = Object.keys(MESSAGES.features);
const messagesOf = (packets: readonly (readonly [number, number])[]) => featuresOf(MESSAGES, trainOfPackets(packets));

/** Splits every packet into parts of at most `most` bytes, a tenth of a millisecond apart. */
function split(packets: readonly (readonly [number, number])[], most: number): (readonly [number, number])[] {
	return packets.flatMap(([at, length]) => {
		const parts = Math.ceil(Math.abs(length) / most);
		return Array.from({ length: parts }, (_, k) => {
			const bytes = k < parts - 1 ? most : Math.abs(length) - most * (parts - 1);
			return [at + k * 1e-4, Math.sign(length) * bytes] as const;
		});
	});
}

const SESSION = [
	[0, -378],
	[20, 184],
	[20.1, -63],
	[55, 184],
	[55.1, -63],
	[80, -380],
	[91, 30],
] as const;

test("who speaks alone and who is answered is counted by bursts, with the bytes of whole messages", () => {
	const messages = messagesOf(SESSION);
	assert.equal(messages.LONE_PUSH_SHARE, 2 / 5);
	assert.equal(messages.LONE_CALL_SHARE, 1 / 5);
	assert.equal(messages.EXCHANGE_SHARE, 2 / 5);
	assert.equal(messages.LONE_PUSH_BYTES, 379);
	assert.equal(messages.EXCHANGE_SENT_BYTES, 184);
	assert.equal(messages.EXCHANGE_RECEIVED_BYTES, 63);
	assert.equal(messages.EXCHANGE_SURPLUS, 121);
	assert.equal(messages.EXCHANGE_SENT_VARIATION, 0);
	assert.ok(Math.abs(messages.EXCHANGE_SECONDS! - 0.1) < 1e-9);
	assert.equal(messages.MESSAGE_PACKETS, 1);
});

test("records split into several packets change their number and nothing else of the messages", () => {
	const whole = messagesOf(SESSION);
	const parts = messagesOf(split(SESSION, 120));
	assert.ok(parts.MESSAGE_PACKETS! > 1);
	for (const name of NAMES.filter((name) => name !== "MESSAGE_PACKETS" && name !== "LENGTH_STEP"))
		assert.ok(Math.abs(parts[name]! - whole[name]!) < 1e-3, name);
});

test("padding to a block shows as its block, equal lengths as 0, lengths of all sorts as 1", () => {
	const lengths = (...given: readonly number[]) => messagesOf(given.map((length, k) => [k * 3, length])).LENGTH_STEP;
	assert.equal(lengths(277, 533, 277, 1045), 256);
	assert.equal(lengths(534, 534, 534), 0);
	assert.equal(lengths(100, 163, 185, 380), 1);
});

test("the spread of waits is that of chance or of a timer, whatever the rate", () => {
	const timer = messagesOf(Array.from({ length: 20 }, (_, k) => [k * 4, 100] as const));
	assert.ok(timer.RECEIVED_GAP_VARIATION! < 1e-9, "unanswered messages are the server's");
	assert.equal(timer.SENT_GAP_VARIATION, -1);
});

test("whatever the flow, all features are finite", () => {
	fc.assert(
		fc.property(arbitraryShapelyFlow(), (flow) => {
			const features = featuresOf(MESSAGES, trainOf(flow));
			for (const [name, value] of Object.entries(features)) assert.ok(Number.isFinite(value), name);
		}),
	);
});
