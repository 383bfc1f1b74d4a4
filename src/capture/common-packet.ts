import { type DecodedPacket, FRAGMENT } from "./decoded-packet.ts";
import { PROTOCOL } from "./network-layer.ts";
import { placePayload } from "./transport-layer.ts";

export const ETHERNET_HEADER = 14;
export const IPV4_HEADER = 20;
export const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const UDP_HEADER = 8;

/** EtherType, version, header length (in words): the first three bytes after the hardware addresses. */
export const IPV4_WITHOUT_OPTIONS = 0x080045;
/** EtherType and version. */
export const IPV6 = 0x86dd6;
/** More fragments, and the fragment's offset, next to time to live and protocol. */
const FRAGMENTATION = 0x3fff0000;
/** Two no-operations and the head of the timestamps: the options of most segments (RFC 7323, appendix A). */
const TIMESTAMPS = 0x0101080a;
const TIMESTAMPS_LENGTH = 12;

/**
 * The fast path for the kind of packet that nearly all traffic consists of, with every header read in whole words:
 * Ethernet without tags, IPv4 without options or fragments or IPv6 without extension headers, UDP or TCP without
 * options but timestamps, headers captured entirely. False for other packets, and for UDP that may carry a tunnel to be
 * opened (`opensUdp`); the fields of `packet` are then undefined. `LayerDecoder` is the general decoder and reads the
 * others.
 */
export function decodeCommon(
	view: DataView,
	begin: number,
	end: number,
	opensUdp: boolean,
	packet: DecodedPacket,
): boolean {
	const ip = begin + ETHERNET_HEADER;
	if (end - ip < IPV4_HEADER + UDP_HEADER) return false;
	const kind = view.getInt32(ip - 2);
	if (kind >> 8 === IPV4_WITHOUT_OPTIONS) {
		const afterLengths = view.getInt32(ip + 6);
		if (afterLengths & FRAGMENTATION) return false;
		const totalLength = view.getUint16(ip + 2);
		if (totalLength === 0) return false;
		packet.version = 4;
		packet.protocol = afterLengths & 0xff;
		packet.ipLength = totalLength;
		packet.source0 = view.getInt32(ip + 12);
		packet.destination0 = view.getInt32(ip + 16);
		packet.source1 = packet.source2 = packet.source3 = 0;
		packet.destination1 = packet.destination2 = packet.destination3 = 0;
		const ipPayloadLength = totalLength - IPV4_HEADER;
		return decodeTransport(view, begin, ip + IPV4_HEADER, end, ipPayloadLength, opensUdp, packet);
	}
	if (kind >>> 12 !== IPV6 || end - ip < IPV6_HEADER + UDP_HEADER) return false;
	const payloadLength = view.getUint16(ip + 4);
	if (payloadLength === 0) return false;
	packet.version = 6;
	packet.protocol = view.getUint8(ip + 6);
	packet.ipLength = payloadLength + IPV6_HEADER;
	packet.source0 = view.getInt32(ip + 8);
	packet.source1 = view.getInt32(ip + 12);
	packet.source2 = view.getInt32(ip + 16);
	packet.source3 = view.getInt32(ip + 20);
	packet.destination0 = view.getInt32(ip + 24);
	packet.destination1 = view.getInt32(ip + 28);
	packet.destination2 = view.getInt32(ip + 32);
	packet.destination3 = view.getInt32(ip + 36);
	return decodeTransport(view, begin, ip + IPV6_HEADER, end, payloadLength, opensUdp, packet);
}

/** There are at least the eight bytes of a UDP header at `at`. */
function decodeTransport(
	view: DataView,
	frame: number,
	at: number,
	end: number,
	ipPayloadLength: number,
	opensUdp: boolean,
	packet: DecodedPacket,
): boolean {
	let headerLength = UDP_HEADER;
	let flags = 0;
	if (packet.protocol === PROTOCOL.TCP) {
		if (end - at < TCP_HEADER) return false;
		const offsetAndFlags = view.getUint16(at + 12);
		headerLength = (offsetAndFlags >> 12) << 2;
		if (headerLength > TCP_HEADER && !areTimestampsAlone(view, at, end, headerLength)) return false;
		flags = offsetAndFlags & 0xff;
		packet.tcpSequence = view.getInt32(at + 4);
	} else if (packet.protocol !== PROTOCOL.UDP || opensUdp) return false;
	if (ipPayloadLength < headerLength) return false;
	const ports = view.getInt32(at);
	packet.vlan = 0;
	packet.fragment = FRAGMENT.NONE;
	packet.sourcePort = ports >>> 16;
	packet.destinationPort = ports & 0xffff;
	packet.tcpFlags = flags;
	placePayload(packet, frame, at, end, ipPayloadLength, headerLength, ipPayloadLength - headerLength);
	return true;
}

function areTimestampsAlone(view: DataView, at: number, end: number, headerLength: number): boolean {
	if (headerLength !== TCP_HEADER + TIMESTAMPS_LENGTH || at + headerLength > end) return false;
	return view.getInt32(at + TCP_HEADER) === TIMESTAMPS;
}
