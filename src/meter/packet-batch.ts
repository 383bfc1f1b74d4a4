import { DecodedPacket } from "../capture/decoded-packet.ts";

/** Packets that the meter takes at once: enough that the memory of one is fetched while another is worked on. */
export const PACKETS_AT_ONCE = 32;

/** Decoded packets on their way into the meter, filled again and again. Their payload lies in one buffer. */
export class PacketBatch {
	readonly packets: DecodedPacket[] = Array.from({ length: PACKETS_AT_ONCE }, () => new DecodedPacket());
	/** µs, for each packet. */
	readonly times = new Float64Array(PACKETS_AT_ONCE);
	length = 0;
}
