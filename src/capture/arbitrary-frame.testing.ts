import fc from "fast-check";
import { CapturedPacket } from "./captured-packet.ts";
import { DecodedPacket } from "./decoded-packet.ts";
import { LINK_TYPE } from "./link-type.ts";
import { bytesOf, ethernet, gre, ipv4, ipv6, tcp, udp, vlan } from "./testing.ts";

const TIMESTAMPS = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
const OTHER_ENDS = { source: [172, 16, 0, 9], destination: [203, 0, 113, 5] };
const PAYLOAD = bytesOf("some payload, long enough for a frame without padding");

/** A segment whose data offset announces `options`, in bytes. */
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
	ethernet(0x0800, ipv4(47, gre(0x0800, ipv4(6, tcp(PAYLOAD), OTHER_ENDS)))),
	ethernet(0x8100, vlan(7, 0x0800, ipv4(6, tcp(PAYLOAD)))),
	ethernet(0x86dd, ipv6(0, [17, 0, 0, 0, 0, 0, 0, 0, ...udp(PAYLOAD)])),
];

/** The frame, on Ethernet, between foreign bytes. */
export function captured(frame: readonly number[], beside: number): CapturedPacket {
	const margin = new Array<number>(40).fill(beside);
	const packet = new CapturedPacket();
	packet.bytes = Uint8Array.from([...margin, ...frame, ...margin]);
	packet.begin = margin.length;
	packet.end = margin.length + frame.length;
	packet.linkType = LINK_TYPE.ETHERNET;
	return packet;
}

/** A packet in which every field is set: all must be overwritten, except those that only some kinds of packets set. */
export function usedPacket(): DecodedPacket {
	const packet = new DecodedPacket();
	for (const field of Object.keys(packet) as (keyof DecodedPacket)[]) packet[field] = 77;
	return packet;
}

/**
 * Frames of every kind that the fast path decodes, and of some that it does not, truncated and with some bytes changed.
 */
export function arbitraryFrame(): fc.Arbitrary<number[]> {
	const change = fc.tuple(fc.nat(80), fc.oneof(fc.nat(255), fc.constantFrom(0, 0x45, 0x50, 0x60, 0x80, 0xff)));
	return fc
		.tuple(fc.constantFrom(...FRAMES), fc.array(change, { maxLength: 4 }), fc.oneof(fc.constant(999), fc.nat(140)))
		.map(([frame, changes, length]) => {
			const bytes = frame.slice(0, length);
			for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
			return bytes;
		});
}
