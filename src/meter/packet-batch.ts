import { DecodedPacket } from "../capture/decoded-packet.ts";

/**
 * Packets that the meter processes together: enough that the memory of one is prefetched while another is processed.
 */
export const PACKETS_AT_ONCE = 32;

/** Decoded packets for the meter; reused. Their payload is in one buffer. */
export class PacketBatch {
	readonly packets: DecodedPacket[] = Array.from({ length: PACKETS_AT_ONCE }, () => new DecodedPacket());
	/** µs per packet. */
	readonly times = new Float64Array(PACKETS_AT_ONCE);
	length = 0;
}
