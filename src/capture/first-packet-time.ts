import type { ByteSource } from "../bytes/byte-source.ts";
import { createCounters } from "../bytes/counters.ts";
import { PacketReader } from "./packet-reader.ts";

/** The time of a capture's first packet in µs; undefined if it has none or is not a capture. Closes the source. */
export async function firstPacketTime(source: ByteSource): Promise<number | undefined> {
	const reader = new PacketReader(source, createCounters());
	try {
		return (await reader.fill()) && reader.next() ? reader.packet.time : undefined;
	} catch {
		return undefined;
	} finally {
		reader.close();
	}
}
