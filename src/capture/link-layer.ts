import type { DecodedPacket } from "./decoded-packet.ts";
import { LAYER, type LayerWalk, u16 } from "./layer.ts";
import { LINK_TYPE } from "./link-type.ts";
import { OUTCOME } from "./outcome.ts";

const VLAN_TAG = 0x8100;
const SERVICE_TAG = 0x88a8;

/** The first layer of a packet, by its link type. Link types are tcpdump.org's. */
export function readLink(walk: LayerWalk, linkType: number): number {
	switch (linkType) {
		case LINK_TYPE.ETHERNET:
			return LAYER.ETHERNET;
		case LINK_TYPE.RAW:
		case LINK_TYPE.RAW_BSD:
		case LINK_TYPE.RAW_OPENBSD:
		case LINK_TYPE.IPV4:
		case LINK_TYPE.IPV6:
			return LAYER.IP;
		case LINK_TYPE.LINUX_SLL:
			return readEtherTypeAt(walk, 14, 16);
		case LINK_TYPE.LINUX_SLL2:
			return readEtherTypeAt(walk, 0, 20);
		case LINK_TYPE.CISCO_HDLC:
			return readEtherTypeAt(walk, 2, 4);
		case LINK_TYPE.NULL:
		case LINK_TYPE.LOOP:
			return readLoopback(walk);
		case LINK_TYPE.PPP:
		case LINK_TYPE.PPP_HDLC:
			return LAYER.PPP;
		case LINK_TYPE.PPP_ETHER:
			return LAYER.PPPOE;
		case LINK_TYPE.PPI:
			return readPerPacketInformation(walk);
		default:
			return OUTCOME.LINK_TYPE;
	}
}

/**
 * Ethernet II. The VLAN of a packet is that of its outermost tag. Further 802.1Q tags are skipped, a second 802.1ad tag
 * is not, as in the reference exporter.
 */
export function readEthernet(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes } = walk;
	let at = walk.at + 14;
	if (at > walk.end) return OUTCOME.LINK_CUT;
	let type = u16(bytes, at - 2);
	if (type === VLAN_TAG || type === SERVICE_TAG) {
		if (at + 4 > walk.end) return OUTCOME.TAG_CUT;
		packet.vlan = u16(bytes, at) & 0x0fff;
		type = u16(bytes, at + 2);
		at += 4;
		while (type === VLAN_TAG) {
			if (at + 4 > walk.end) return OUTCOME.TAG_CUT;
			type = u16(bytes, at + 2);
			at += 4;
		}
	}
	walk.at = at;
	return layerOfEtherType(type);
}

export function layerOfEtherType(type: number): number {
	switch (type) {
		case 0x0800:
			return LAYER.IPV4;
		case 0x86dd:
			return LAYER.IPV6;
		case 0x8847:
		case 0x8848:
			return LAYER.MPLS;
		case 0x8864:
			return LAYER.PPPOE;
		case 0x22f3:
			return LAYER.TRILL;
		default:
			return OUTCOME.NOT_IP;
	}
}

/** RFC 6325, 3: six bytes and options in words of four; the content is an Ethernet frame. */
export function readTrill(walk: LayerWalk): number {
	if (walk.at + 6 > walk.end) return OUTCOME.TAG_CUT;
	walk.at += 6 + 4 * ((u16(walk.bytes, walk.at) >> 6) & 0x1f);
	return LAYER.ETHERNET;
}

/** RFC 3032: labels to the bottom of the stack; then the next nibble decides; 0 is the control word of RFC 4385. */
export function readMpls(walk: LayerWalk): number {
	const { bytes } = walk;
	let bottom = false;
	while (!bottom) {
		if (walk.at + 4 > walk.end) return OUTCOME.TAG_CUT;
		bottom = (bytes[walk.at + 2]! & 1) === 1;
		walk.at += 4;
	}
	if (walk.at >= walk.end) return OUTCOME.TAG_CUT;
	const nibble = bytes[walk.at]! >> 4;
	if (nibble === 4) return LAYER.IPV4;
	if (nibble === 6) return LAYER.IPV6;
	if (nibble !== 0) return OUTCOME.MPLS_PAYLOAD;
	// Ethernet over MPLS: the reference exporter does not skip the control word's four bytes and meters garbage.
	walk.at += 4;
	return LAYER.ETHERNET;
}

/** RFC 2516: session data has code 0. */
export function readPppoe(walk: LayerWalk): number {
	if (walk.at + 8 > walk.end) return OUTCOME.TAG_CUT;
	if (walk.bytes[walk.at + 1] !== 0) return OUTCOME.PPPOE_CODE;
	walk.at += 6;
	return LAYER.PPP;
}

/** RFC 1661, 1662: address and control are optional, the protocol may be compressed to one byte. */
export function readPpp(walk: LayerWalk): number {
	const { bytes, end } = walk;
	if (walk.at + 2 <= end && bytes[walk.at] === 0xff && bytes[walk.at + 1] === 0x03) walk.at += 2;
	if (walk.at + 2 > end) return OUTCOME.LINK_CUT;
	const compressed = (bytes[walk.at]! & 1) === 1;
	const protocol = compressed ? bytes[walk.at]! : u16(bytes, walk.at);
	walk.at += compressed ? 1 : 2;
	switch (protocol) {
		case 0x0021:
			return LAYER.IPV4;
		case 0x0057:
			return LAYER.IPV6;
		case 0x0281:
		case 0x0283:
			return LAYER.MPLS;
		default:
			return OUTCOME.NOT_IP;
	}
}

function readEtherTypeAt(walk: LayerWalk, typeOffset: number, headerLength: number): number {
	const header = walk.at;
	if (header + headerLength > walk.end) return OUTCOME.LINK_CUT;
	walk.at = header + headerLength;
	return layerOfEtherType(u16(walk.bytes, header + typeOffset));
}

/** BSD loopback: an address family in the byte order of the capturing machine; each BSD has its own number of IPv6. */
function readLoopback(walk: LayerWalk): number {
	if (walk.at + 4 > walk.end) return OUTCOME.LINK_CUT;
	const { bytes, at } = walk;
	const family = bytes[at]! | bytes[at + 3]!;
	const isSmall = bytes[at + 1] === 0 && bytes[at + 2] === 0 && (bytes[at] === 0 || bytes[at + 3] === 0);
	walk.at += 4;
	if (!isSmall) return OUTCOME.NOT_IP;
	if (family === 2) return LAYER.IPV4;
	return family === 10 || family === 24 || family === 28 || family === 30 ? LAYER.IPV6 : OUTCOME.NOT_IP;
}

/** CACE's per-packet information: a little-endian header with its length and the link type of what follows. */
function readPerPacketInformation(walk: LayerWalk): number {
	const { bytes, at } = walk;
	if (at + 8 > walk.end) return OUTCOME.LINK_CUT;
	const length = bytes[at + 2]! | (bytes[at + 3]! << 8);
	const linkType = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
	if (length < 8 || at + length > walk.end || linkType === LINK_TYPE.PPI) return OUTCOME.LINK_CUT;
	walk.at = at + length;
	return readLink(walk, linkType);
}
