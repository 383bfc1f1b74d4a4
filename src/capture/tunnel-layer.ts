import type { DecodedPacket } from "./decoded-packet.ts";
import { LAYER, type LayerWalk, u16 } from "./layer.ts";
import { layerOfEtherType } from "./link-layer.ts";
import { OUTCOME } from "./outcome.ts";
import { finish } from "./transport-layer.ts";

const UDP_HEADER = 8;
const GRE_SEQUENCE = 0x1000;

/** RFC 2784, 2890: four bytes, and four more each for checksum, key and sequence number. */
export function readGre(walk: LayerWalk): number {
	const { bytes, at } = walk;
	if (at + 4 > walk.end) return OUTCOME.TUNNEL_CUT;
	const flags = u16(bytes, at);
	const type = u16(bytes, at + 2);
	walk.at = at + 4 + ((flags & 0x8000) >> 13) + ((flags & 0x2000) >> 11) + ((flags & GRE_SEQUENCE) >> 10);
	const inner = layerOfEtherType(type);
	if (inner === LAYER.IPV4 || inner === LAYER.IPV6 || inner === LAYER.MPLS || inner === LAYER.PPPOE) return inner;
	if (!walk.decapsulate) return OUTCOME.TUNNEL_PAYLOAD;
	switch (type) {
		case 0x6558: // transparent Ethernet bridging
			return LAYER.ETHERNET;
		case 0x88be: // ERSPAN type I has no header of its own and no GRE sequence number, type II has both
			if (flags & GRE_SEQUENCE) walk.at += 8;
			return LAYER.ETHERNET;
		case 0x22eb: // ERSPAN type III; the last bit of its header tells of a platform-specific subheader
			if (walk.at + 12 > walk.end) return OUTCOME.TUNNEL_CUT;
			walk.at += 12 + ((bytes[walk.at + 11]! & 1) << 3);
			return LAYER.ETHERNET;
		default:
			return OUTCOME.TUNNEL_PAYLOAD;
	}
}

/** RFC 7348. Ports alone prove nothing: a packet that does not look like the tunnel is an ordinary UDP packet. */
export function readVxlan(walk: LayerWalk, packet: DecodedPacket): number {
	const header = walk.at + UDP_HEADER;
	const isVxlan = header + 8 <= walk.end && walk.bytes[header] === 0x08 && walk.bytes[header + 7] === 0;
	if (!isVxlan) return finish(walk, packet, UDP_HEADER);
	walk.at = header + 8;
	return LAYER.ETHERNET;
}

/**
 * GTP-U (3GPP TS 29.281, 5.1): version 1, T-PDU; optional fields come as four bytes, extension headers in words of
 * four.
 */
export function readGtp(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, end } = walk;
	const header = walk.at + UDP_HEADER;
	if (header + 8 > end || (bytes[header]! & 0xf0) !== 0x30 || bytes[header + 1] !== 0xff) {
		return finish(walk, packet, UDP_HEADER);
	}
	let at = header + 8;
	if (bytes[header]! & 0x07) {
		at += 4;
		let extension = at <= end && bytes[header]! & 0x04 ? bytes[at - 1]! : 0;
		while (extension !== 0) {
			const length = at < end ? bytes[at]! << 2 : 0;
			if (length === 0 || at + length > end) return finish(walk, packet, UDP_HEADER);
			extension = bytes[at + length - 1]!;
			at += length;
		}
	}
	return enterIp(walk, packet, at);
}

/** Teredo (RFC 4380, 5.1.1): IPv6, optionally after an authentication and an origin indication. */
export function readTeredo(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, end } = walk;
	let at = walk.at + UDP_HEADER;
	if (at + 4 <= end && u16(bytes, at) === 1) at += 13 + bytes[at + 2]! + bytes[at + 3]!;
	if (at + 8 <= end && u16(bytes, at) === 0) at += 8;
	if (at + 40 > end || bytes[at]! >> 4 !== 6) return finish(walk, packet, UDP_HEADER);
	walk.at = at;
	return LAYER.IPV6;
}

/** GENEVE (RFC 8926, 3.4): version 0, options in words of four, then a packet by EtherType or an Ethernet frame. */
export function readGeneve(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, end } = walk;
	const header = walk.at + UDP_HEADER;
	if (header + 8 > end || bytes[header]! >> 6 !== 0) return finish(walk, packet, UDP_HEADER);
	const at = header + 8 + ((bytes[header]! & 0x3f) << 2);
	const type = u16(bytes, header + 2);
	const layer = type === TRANSPARENT_ETHERNET ? LAYER.ETHERNET : layerOfEtherType(type);
	if (at > end || layer <= 0) return finish(walk, packet, UDP_HEADER);
	walk.at = at;
	return layer;
}

/**
 * VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe, 3): the last byte of the first word is the next protocol if the P bit is set.
 */
export function readVxlanGpe(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, end } = walk;
	const header = walk.at + UDP_HEADER;
	if (header + 8 > end) return finish(walk, packet, UDP_HEADER);
	const layer = bytes[header]! & 0x04 ? (GPE_LAYERS[bytes[header + 3]!] ?? 0) : LAYER.ETHERNET;
	if (layer === 0) return finish(walk, packet, UDP_HEADER);
	walk.at = header + 8;
	return layer;
}

/** Next protocols of VXLAN-GPE: IPv4, IPv6, Ethernet, and MPLS. */
const GPE_LAYERS: readonly number[] = [0, LAYER.IPV4, LAYER.IPV6, LAYER.ETHERNET, 0, LAYER.MPLS];
const TRANSPARENT_ETHERNET = 0x6558;

/**
 * TZSP, the mirroring protocol of access points and routers: version 1, a packet of Ethernet, and tags up to the end
 * tag.
 */
export function readTzsp(walk: LayerWalk, packet: DecodedPacket): number {
	const { bytes, end } = walk;
	const header = walk.at + UDP_HEADER;
	const isEthernet =
		header + 4 <= end && bytes[header] === 1 && bytes[header + 1]! <= 1 && u16(bytes, header + 2) === 1;
	if (!isEthernet) return finish(walk, packet, UDP_HEADER);
	let at = header + 4;
	while (at < end && bytes[at] !== 1) at += bytes[at] === 0 ? 1 : 2 + (at + 1 < end ? bytes[at + 1]! : 0);
	if (at >= end) return finish(walk, packet, UDP_HEADER);
	walk.at = at + 1;
	return LAYER.ETHERNET;
}

/** MPLS over UDP (RFC 7510). */
export function readMplsInUdp(walk: LayerWalk, packet: DecodedPacket): number {
	if (walk.at + UDP_HEADER + 4 > walk.end) return finish(walk, packet, UDP_HEADER);
	walk.at += UDP_HEADER;
	return LAYER.MPLS;
}

function enterIp(walk: LayerWalk, packet: DecodedPacket, at: number): number {
	const version = at < walk.end ? walk.bytes[at]! >> 4 : 0;
	if (version !== 4 && version !== 6) return finish(walk, packet, UDP_HEADER);
	walk.at = at;
	return version === 4 ? LAYER.IPV4 : LAYER.IPV6;
}
