import type { PacketList } from "./sighting.ts";

/** One packet with payload, for the picture of a flow's rhythm. */
export interface RhythmPacket {
	/** Microseconds since the epoch. */
	readonly at: number;
	/** Bytes of payload. */
	readonly length: number;
	readonly fromMiner: boolean;
	/** The pool speaks first after a silence. */
	readonly isPush: boolean;
}

/** A silence of this many microseconds ends a burst; the same half second as in the detector's features. */
const SILENCE = 500_000;

/** The packets of a flow that carry payload, and which of them the pool pushed. */
export function packetRhythm({ lengths, directions, times }: PacketList): RhythmPacket[] {
	const packets: RhythmPacket[] = [];
	let last = -Infinity;
	for (let i = 0; i < lengths.length; i++) {
		const [length, at] = [lengths[i]!, times[i] ?? 0];
		if (length === 0) continue;
		const fromMiner = directions[i] === 1;
		packets.push({ at, length, fromMiner, isPush: !fromMiner && packets.length > 0 && at - last > SILENCE });
		last = at;
	}
	return packets;
}
