import { type DecodedPacket, FRAGMENT } from "./decoded-packet.ts";
import { i32, LAYER, type LayerWalk, u16 } from "./layer.ts";
import { OUTCOME } from "./outcome.ts";

/** Frames are padded to this length on the wire, 60 without frame check sequence; the reference uses 64. */
const SHORT_FRAME = 64;

/**
 * RFC 9293. A packet is not counted unless the whole header was captured. A data offset below 5 is
 * used as it is: the payload then begins within the header, as in the reference exporter.
 */
export function readTcp(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, at, end } = walk;
	if (at + 20 > end) return OUTCOME.TCP_CUT;
	const headerLength = (bytes[at + 12]! >> 4) << 2;
	if (at + headerLength > end) return OUTCOME.TCP_CUT;
	if (headerLength > 20 && !areOptionsWhole(bytes, at + 20, at + headerLength)) return OUTCOME.TCP_OPTIONS;
	packet.sourcePort = u16(bytes, at);
	packet.destinationPort = u16(bytes, at + 2);
	packet.tcpSequence = i32(bytes, at + 4);
	packet.tcpFlags = bytes[at + 13]!;
	return finish(walk, packet, headerLength);
}

/** RFC 768. The length field is not used: the IP header's length decides. */
export function readUdp(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, at } = walk;
	if (at + 8 > walk.end) return OUTCOME.UDP_CUT;
	packet.sourcePort = u16(bytes, at);
	packet.destinationPort = u16(bytes, at + 2);
	packet.tcpFlags = 0;
	if (walk.decapsulate && packet.fragment === FRAGMENT.NONE) {
		const tunnel = tunnelOfPort(packet.sourcePort, packet.destinationPort);
		if (tunnel !== 0) return tunnel;
	}
	return finish(walk, packet, 8);
}

/** All other protocols, and fragments but the first: no ports, the whole IP payload is payload. */
export function readOther(walk: LayerWalk, packet: DecodedPacket): number {
	packet.sourcePort = 0;
	packet.destinationPort = 0;
	packet.tcpFlags = 0;
	return finish(walk, packet, 0);
}

/** Finishes the packet, once the transport header's length is known. */
export function finish(walk: LayerWalk, packet: DecodedPacket, headerLength: number): number {
	const { frame, at, end, ipPayloadLength } = walk;
	const payloadLength = walk.wrapsLengths ? (ipPayloadLength - headerLength) & 0xffff : ipPayloadLength - headerLength;
	if (payloadLength < 0) return OUTCOME.IP_LENGTH;
	placePayload(packet, frame, at, end, ipPayloadLength, headerLength, payloadLength);
	return OUTCOME.DECODED;
}

/**
 * Sets the bounds of the payload: after a transport header at `at`, in a frame whose captured bytes are `frame … end`.
 * `onWire` is its length by the headers.
 */
export function placePayload(
	packet: DecodedPacket,
	frame: number,
	at: number,
	end: number,
	ipPayloadLength: number,
	headerLength: number,
	onWire: number,
): void {
	const begin = at + headerLength;
	const packetEnd = at + ipPayloadLength;
	const captureEnd = packetEnd - frame < SHORT_FRAME && packetEnd < end ? packetEnd : end;
	packet.payloadLength = onWire;
	packet.payloadBegin = begin;
	packet.payloadEnd = Math.max(begin, Math.min(begin + onWire, captureEnd));
}

function tunnelOfPort(source: number, destination: number): number {
	if (destination === 4789 || destination === 8472) return LAYER.VXLAN;
	if (destination === 6081) return LAYER.GENEVE;
	if (destination === 4790) return LAYER.VXLAN_GPE;
	if (destination === 37008) return LAYER.TZSP;
	if (destination === 6635) return LAYER.MPLS_UDP;
	if (destination === 2152 || source === 2152) return LAYER.GTP;
	return destination === 3544 || source === 3544 ? LAYER.TEREDO : 0;
}

/**
 * The reference walks the options and drops the packet at an option of invalid length; one that exceeds the header is
 * the last.
 */
function areOptionsWhole(bytes: Uint8Array, begin: number, end: number): boolean {
	let at = begin;
	// Most segments of an established connection: two no-operations and the timestamps (RFC 7323, appendix A).
	if (bytes[at] === 1 && bytes[at + 1] === 1 && bytes[at + 2] === 8 && bytes[at + 3] === 10) at += 12;
	while (at < end) {
		const kind = bytes[at]!;
		if (kind === 0) return true;
		if (kind === 1) at++;
		else {
			if (at + 1 >= end) return false;
			const length = bytes[at + 1]!;
			if (length === 0) return false;
			at += length;
		}
	}
	return true;
}
