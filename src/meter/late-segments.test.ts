import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { flowAt } from "../flow/flow.ts";
import { extension, helloMessage, inRecords } from "../tls/testing.ts";
import { Meter } from "./meter.ts";

interface Piece {
	readonly offset: number;
	readonly bytes: Uint8Array;
}

const SYN = 0x02;
const FIRST = 0x7fffff00;

/** The meter's result for a client's segments in this order, after its SYN if there is one. */
function flowOf(pieces: readonly Piece[], { syn = false } = {}) {
	const meter = new Meter({ maximumFlows: 10, payloadBytes: 200, handshakes: true });
	const packetOf = (tcpFlags: number, offset: number, length: number) =>
		Object.assign(new DecodedPacket(), {
			...{ version: 4, protocol: 6, source0: 1, destination0: 2, sourcePort: 1111, destinationPort: 443 },
			...{ tcpFlags, tcpSequence: (FIRST + offset) | 0, payloadLength: length, payloadEnd: length },
		});
	if (syn) meter.add(packetOf(SYN, -1, 0), new Uint8Array(0), 0);
	for (const { offset, bytes } of pieces) meter.add(packetOf(0x18, offset, bytes.length), bytes, 1);
	while (meter.drain(10));
	return flowAt(meter.flows.columns(), 0);
}

/** A text in segments of these lengths. */
function piecesOf(text: Uint8Array, lengths: readonly number[]): Piece[] {
	const pieces: Piece[] = [];
	let offset = 0;
	for (const length of lengths) {
		if (offset >= text.length) break;
		pieces.push({ offset, bytes: text.slice(offset, offset + length) });
		offset += length;
	}
	return pieces;
}

/** Swaps pairs of neighbours as `swaps` says. */
function swapped(pieces: readonly Piece[], swaps: readonly boolean[]): Piece[] {
	const order = [...pieces];
	for (let i = 0; i + 1 < order.length; i++) {
		if (!swaps[i % swaps.length]) continue;
		[order[i], order[i + 1]] = [order[i + 1]!, order[i]!];
		i++;
	}
	return order;
}

const text = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 0x7f);

describe("segments out of order", () => {
	test("a hole that an earlier segment pushes beyond what is kept is forgotten, and what is kept stays", () => {
		const piece = (offset: number, length: number) => ({ offset, bytes: text.slice(offset, offset + length) });
		const flow = flowOf([piece(200, 150), piece(400, 10), piece(100, 100), piece(360, 20), piece(355, 20)]);
		assert.deepEqual(flow.longPayload, text.slice(100, 300));
	});

	test("swapped neighbours are reordered, including the first; retransmissions add nothing", () => {
		const property = fc.property(
			fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }),
			fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
			fc.boolean(),
			(lengths, swaps, repeats) => {
				const pieces = piecesOf(text, lengths);
				const order = swapped(pieces, swaps).flatMap((piece) => (repeats ? [piece, piece] : [piece]));
				const flow = flowOf(order);
				const sent = Math.min(
					200,
					lengths.reduce((sum, length) => sum + length),
				);
				assert.deepEqual(flow.longPayload, text.slice(0, sent));
				assert.deepEqual(flow.payload, order[0]!.bytes.slice(0, 100));
			},
		);
		fc.assert(property, { numRuns: 500, seed: 21 });
	});

	test("one segment that arrives long after the others is placed correctly", () => {
		const [first, second, third, fourth] = piecesOf(text, [40, 40, 40, 40]) as [Piece, Piece, Piece, Piece];
		const whole = text.slice(0, 160);
		assert.deepEqual(flowOf([second, third, fourth, first]).longPayload, whole);
		assert.deepEqual(flowOf([first, third, fourth, second]).longPayload, whole);
		assert.deepEqual(flowOf([third, first, second, fourth]).longPayload, whole);
	});

	test("in any order at most the limit is kept, and the first packet's payload stays", () => {
		const piece = fc.record({
			offset: fc.integer({ min: -70_000, max: 70_000 }),
			length: fc.integer({ min: 1, max: 300 }),
		});
		fc.assert(
			fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), (pieces) => {
				const sent = pieces.map(({ offset, length }) => ({ offset, bytes: new Uint8Array(length).fill(offset) }));
				const flow = flowOf(sent);
				assert.ok(flow.longPayload!.length <= 200);
				assert.deepEqual(flow.payload, sent[0]!.bytes.slice(0, 100));
			}),
			{ numRuns: 500, seed: 22 },
		);
	});

	const hello = inRecords(helloMessage({ extensions: [extension.serverName("pool.example")] }));

	test("after a SYN the name of a ClientHello is found in any order of its segments", () => {
		for (const cut of [3, 20, hello.length - 5]) {
			const pieces = piecesOf(hello, [cut, hello.length]);
			assert.equal(flowOf([...pieces].reverse(), { syn: true }).serverName, "pool.example", `cut at ${cut}`);
			assert.equal(flowOf(pieces, { syn: true }).serverName, "pool.example");
		}
		const thirds = piecesOf(hello, [10, 10, hello.length]) as [Piece, Piece, Piece];
		assert.equal(flowOf([thirds[2], thirds[0], thirds[1]], { syn: true }).serverName, "pool.example");
	});

	test("a stream without its first segment has no name", () => {
		const pieces = piecesOf(text, [50, 50, 50]);
		assert.equal(flowOf([pieces[1]!, pieces[2]!], { syn: true }).serverName, "");
	});
});
