import { ETHERNET_HEADER, IPV4_HEADER, IPV4_WITHOUT_OPTIONS, IPV6, IPV6_HEADER } from "./common-packet.ts";
import type { DecodedPacket } from "./decoded-packet.ts";
import { PROTOCOL } from "./network-layer.ts";
import { OUTCOME } from "./outcome.ts";

/** Number of places over which address pairs are spread. */
export const PLACES = 1 << 16;

/**
 * A part of the packets of a capture, for one of several meters that read it in parallel: those between pairs of
 * addresses whose places are `begin … end - 1` of {@link PLACES}. Packets that belong together by addresses stay
 * together: flows, fragments, conversations. Shards that cover all places have every packet once; undecodable packets
 * are in the first.
 */
export interface Shard {
	readonly begin: number;
	readonly end: number;
}

/** Whether the shard has the place 0. */
export function isFirst(shard: Shard): boolean {
	return shard.begin === 0;
}

export function hasPlace(shard: Shard, place: number): boolean {
	return place >= shard.begin && place < shard.end;
}

/** The outcome of a packet whose place was not known before decoding: its own, or `OUTCOME.ELSEWHERE`. */
export function claim(shard: Shard, outcome: number, packet: DecodedPacket): number {
	const isOurs = outcome === OUTCOME.DECODED ? hasPlace(shard, placeOf(packet)) : isFirst(shard);
	return isOurs ? outcome : OUTCOME.ELSEWHERE;
}

/** The place of a decoded packet. */
export function placeOf(packet: DecodedPacket): number {
	return placeOfPair(
		packet.source0 ^ packet.source1 ^ packet.source2 ^ packet.source3,
		packet.destination0 ^ packet.destination1 ^ packet.destination2 ^ packet.destination3,
	);
}

/**
 * The place of an Ethernet frame that needs no decoding, because its addresses are those that decoding would find: IPv4
 * without options or IPv6, with TCP or UDP (unless `opensUdp` looks for a tunnel in it); else -1.
 */
export function placeOfCommon(view: DataView, begin: number, end: number, opensUdp: boolean): number {
	const ip = begin + ETHERNET_HEADER;
	if (end - ip < IPV4_HEADER) return -1;
	const kind = view.getInt32(ip - 2);
	if (kind >> 8 === IPV4_WITHOUT_OPTIONS) {
		if (!isPlain(view.getUint8(ip + 9), opensUdp)) return -1;
		return placeOfPair(view.getInt32(ip + 12), view.getInt32(ip + 16));
	}
	if (kind >>> 12 !== IPV6 || end - ip < IPV6_HEADER || !isPlain(view.getUint8(ip + 6), opensUdp)) return -1;
	return placeOfPair(folded(view, ip + 8), folded(view, ip + 24));
}

function isPlain(protocol: number, opensUdp: boolean): boolean {
	return protocol === PROTOCOL.TCP || (protocol === PROTOCOL.UDP && !opensUdp);
}

function folded(view: DataView, at: number): number {
	return view.getInt32(at) ^ view.getInt32(at + 4) ^ view.getInt32(at + 8) ^ view.getInt32(at + 12);
}

/** The same for both directions. */
function placeOfPair(source: number, destination: number): number {
	return mixed((mixed(source) + mixed(destination)) | 0) >>> 16;
}

/** Spreads a difference in any bit over the upper ones. */
function mixed(word: number): number {
	const spread = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d);
	return Math.imul(spread ^ (spread >>> 12), 0x9e3779b1);
}
