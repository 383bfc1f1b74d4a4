import { type DecodedPacket, FRAGMENT } from "./decoded-packet.ts";
import { i32, LAYER, type LayerWalk, u16 } from "./layer.ts";
import { OUTCOME } from "./outcome.ts";

export const PROTOCOL = { IPV4: 4, TCP: 6, UDP: 17, IPV6: 41, GRE: 47, AH: 51, NONE: 59 } as const;

/**
 * RFC 791. As in the reference exporter, version, checksum and the header's own length are not checked against the
 * capture. A total length of 0 occurs in packets captured before segmentation offload or above 64 KiB: then the length
 * of the frame counts. The reference wraps it at 16 bits.
 */
export function readIPv4(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, at } = walk;
	if (at + 20 > walk.end) return OUTCOME.IPV4_CUT;
	const headerLength = (bytes[at]! & 0x0f) << 2;
	const totalLength = u16(bytes, at + 2) || (walk.wrapsLengths ? 0 : walk.wireEnd - at);
	const fragmentation = u16(bytes, at + 6);
	packet.version = 4;
	packet.protocol = bytes[at + 9]!;
	packet.ipLength = totalLength;
	packet.source0 = i32(bytes, at + 12);
	packet.destination0 = i32(bytes, at + 16);
	packet.source1 = packet.source2 = packet.source3 = 0;
	packet.destination1 = packet.destination2 = packet.destination3 = 0;
	walk.ipPayloadLength = lengthIn(walk, totalLength - headerLength);
	walk.at = at + headerLength;
	if ((fragmentation & 0x3fff) === 0) packet.fragment = FRAGMENT.NONE;
	else {
		packet.fragment = (fragmentation & 0x1fff) === 0 ? FRAGMENT.FIRST : FRAGMENT.LATER;
		packet.fragmentId = u16(bytes, at + 4);
		if (packet.fragment === FRAGMENT.LATER) return LAYER.OTHER;
	}
	return layerOfProtocol(packet.protocol, walk.decapsulate, true);
}

/**
 * RFC 8200. A length of 0 is that of jumbo payloads (RFC 2675): the frame's length counts. Extension headers are not
 * payload, but count in `ipLength`.
 */
export function readIPv6(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, at } = walk;
	if (at + 40 > walk.end) return OUTCOME.IPV6_CUT;
	packet.version = 6;
	packet.protocol = bytes[at + 6]!;
	const isJumbo = u16(bytes, at + 4) === 0 && packet.protocol !== PROTOCOL.NONE && !walk.wrapsLengths;
	const payloadLength = isJumbo ? walk.wireEnd - at - 40 : u16(bytes, at + 4);
	packet.ipLength = payloadLength + 40;
	packet.source0 = i32(bytes, at + 8);
	packet.source1 = i32(bytes, at + 12);
	packet.source2 = i32(bytes, at + 16);
	packet.source3 = i32(bytes, at + 20);
	packet.destination0 = i32(bytes, at + 24);
	packet.destination1 = i32(bytes, at + 28);
	packet.destination2 = i32(bytes, at + 32);
	packet.destination3 = i32(bytes, at + 36);
	packet.fragment = FRAGMENT.NONE;
	walk.ipPayloadLength = payloadLength;
	walk.at = at + 40;
	if (packet.protocol === PROTOCOL.TCP) return LAYER.TCP;
	if (packet.protocol === PROTOCOL.UDP) return LAYER.UDP;
	return readExtensionHeaders(walk, packet);
}

/** Walks hop-by-hop, routing, fragment, authentication, destination and mobility headers (RFC 8200, 4; 4302; 6275). */
function readExtensionHeaders(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, end } = walk;
	const begin = walk.at;
	for (;;) {
		const { at } = walk;
		// Checked before every next header, so that a packet truncated before two bytes of payload is rejected: the
		// reference's rule.
		if (at + 2 > end) return OUTCOME.EXTENSION_CUT;
		const next = bytes[at]!;
		let length = 0;
		switch (packet.protocol) {
			case 0:
			case 43:
			case 60:
			case 135:
				length = (bytes[at + 1]! << 3) + 8;
				break;
			case PROTOCOL.AH:
				// In words of four, minus two. The reference computes four times the field minus two, and misreads what
				// follows.
				length = (bytes[at + 1]! << 2) + 8;
				break;
			case 44:
				if (at + 8 > end) return OUTCOME.EXTENSION_CUT;
				length = 8;
				readFragmentHeader(walk, packet);
				break;
		}
		if (length === 0) break;
		packet.protocol = next;
		walk.at = at + length;
		if (packet.fragment === FRAGMENT.LATER || next === PROTOCOL.TCP || next === PROTOCOL.UDP) break;
	}
	walk.ipPayloadLength = lengthIn(walk, walk.ipPayloadLength - (walk.at - begin));
	if (packet.fragment === FRAGMENT.LATER) return LAYER.OTHER;
	return layerOfProtocol(packet.protocol, walk.decapsulate, walk.decapsulate);
}

/** A length; negative if it ends within the header. */
export function lengthIn({ wrapsLengths }: LayerWalk, length: number): number {
	return wrapsLengths ? length & 0xffff : length;
}

function readFragmentHeader({ bytes, at }: LayerWalk, packet: DecodedPacket): void {
	const fragmentation = u16(bytes, at + 2);
	packet.fragmentId = i32(bytes, at + 4);
	if (fragmentation >> 3 !== 0) packet.fragment = FRAGMENT.LATER;
	else if (fragmentation & 1) packet.fragment = FRAGMENT.FIRST;
}

function layerOfProtocol(protocol: number, decapsulate: boolean, opensGre: boolean): number {
	if (protocol === PROTOCOL.TCP) return LAYER.TCP;
	if (protocol === PROTOCOL.UDP) return LAYER.UDP;
	if (protocol === PROTOCOL.GRE && opensGre) return LAYER.GRE;
	if (!decapsulate) return LAYER.OTHER;
	if (protocol === PROTOCOL.IPV4) return LAYER.IPV4;
	return protocol === PROTOCOL.IPV6 ? LAYER.IPV6 : LAYER.OTHER;
}
