import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CapturedPacket } from "./captured-packet.ts";
import { DecodedPacket } from "./decoded-packet.ts";
import { LayerDecoder } from "./layer-decoder.ts";
import { LINK_TYPE } from "./link-type.ts";
import { PacketDecoder } from "./packet-decoder.ts";
import { bytesOf, ethernet, ipv4, ipv6, tcp, udp } from "./testing.ts";

const TIMESTAMPS = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
const PAYLOAD = bytesOf("some payload, long enough for a frame without padding");

/** A segment whose data offset tells of `options`, in bytes. */
function segment(options: readonly number[], payload: readonly number[]): number[] {
	const bytes = tcp([...options, ...payload]);
	bytes[12] = (5 + options.length / 4) << 4;
	return bytes;
}

const FRAMES: readonly (readonly number[])[] = [
	ethernet(0x0800, ipv4(6, tcp(PAYLOAD))),
	ethernet(0x0800, ipv4(6, tcp([], { flags: 2 }))),
	ethernet(0x0800, [...ipv4(6, tcp([])), 0, 0, 0, 0, 0, 0]),
	ethernet(0x0800, ipv4(6, segment(TIMESTAMPS, PAYLOAD))),
	ethernet(0x0800, ipv4(6, segment([2, 4, 5, 0xb4, 1, 1, 4, 2], []))),
	ethernet(0x0800, ipv4(17, udp(PAYLOAD))),
	ethernet(0x0800, ipv4(17, udp(PAYLOAD, 40000, 4789))),
	ethernet(0x0800, ipv4(17, udp(PAYLOAD), { fragment: 0x2000, id: 5 })),
	ethernet(0x86dd, ipv6(6, segment(TIMESTAMPS, PAYLOAD))),
	ethernet(0x86dd, ipv6(17, udp(PAYLOAD))),
	ethernet(0x86dd, ipv6(0, [17, 0, 0, 0, 0, 0, 0, 0, ...udp(PAYLOAD)])),
];

/** The frame between bytes that are not its own. */
function captured(frame: readonly number[], beside: number): CapturedPacket {
	const margin = new Array<number>(40).fill(beside);
	const packet = new CapturedPacket();
	packet.bytes = Uint8Array.from([...margin, ...frame, ...margin]);
	packet.begin = margin.length;
	packet.end = margin.length + frame.length;
	packet.linkType = LINK_TYPE.ETHERNET;
	return packet;
}

/** A packet in which nothing may be left from the one before, but what only some kinds of packets fill. */
function used(): DecodedPacket {
	const packet = new DecodedPacket();
	for (const field of Object.keys(packet) as (keyof DecodedPacket)[]) packet[field] = 77;
	return packet;
}

function arbitraryFrame(): fc.Arbitrary<number[]> {
	const change = fc.tuple(fc.nat(80), fc.oneof(fc.nat(255), fc.constantFrom(0, 0x45, 0x50, 0x60, 0x80, 0xff)));
	return fc
		.tuple(fc.constantFrom(...FRAMES), fc.array(change, { maxLength: 4 }), fc.oneof(fc.constant(999), fc.nat(140)))
		.map(([frame, changes, length]) => {
			const bytes = frame.slice(0, length);
			for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
			return bytes;
		});
}

test("a packet of the common kind is decoded as layer by layer, whatever its headers say", () => {
	const property = fc.property(arbitraryFrame(), fc.boolean(), (frame, decapsulate) => {
		const [fast, plain] = [used(), used()];
		const outcome = new PacketDecoder({ decapsulate }).decode(captured(frame, 0xee), fast);
		assert.equal(outcome, new LayerDecoder(decapsulate).decode(captured(frame, 0xee), plain));
		if (outcome === 0) assert.deepEqual(fast, plain);
	});
	fc.assert(property, { numRuns: 20_000, seed: 11 });
});

test("what stands beside the captured bytes changes nothing", () => {
	const decoder = new PacketDecoder();
	const property = fc.property(arbitraryFrame(), fc.nat(255), (frame, beside) => {
		const [one, other] = [used(), used()];
		const outcome = decoder.decode(captured(frame, 0), one);
		assert.equal(outcome, decoder.decode(captured(frame, beside), other));
		if (outcome === 0) assert.deepEqual(one, other);
	});
	fc.assert(property, { numRuns: 10_000, seed: 12 });
});
