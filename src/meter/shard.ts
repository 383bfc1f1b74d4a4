import type { DecodedPacket } from "../capture/decoded-packet.ts";

/**
 * A part of the packets of a capture, for one of several meters that read it side by side: those between pairs of addresses
 * whose hash lies in `begin … end`, as fractions of its range. Flows, fragments and conversations stay whole.
 */
export interface Shard {
	readonly begin: number;
	readonly end: number;
}

/** Packets of the capture, of whatever shard, after which each shard gives a batch, so that batches can be put in order. */
export const PACKETS_PER_ROUND = 1 << 16;

/** Whether the packet is of the shard; whichever end sent it. */
export function isOfShard(packet: DecodedPacket, { begin, end }: Shard): boolean {
	const source = packet.source0 ^ packet.source1 ^ packet.source2 ^ packet.source3;
	const destination = packet.destination0 ^ packet.destination1 ^ packet.destination2 ^ packet.destination3;
	const fraction = (mixed((mixed(source) + mixed(destination)) | 0) >>> 16) / 65_536;
	return fraction >= begin && fraction < end;
}

/** Spreads what differs in any bit over the upper ones. */
function mixed(word: number): number {
	const folded = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d);
	return Math.imul(folded ^ (folded >>> 12), 0x9e3779b1);
}
