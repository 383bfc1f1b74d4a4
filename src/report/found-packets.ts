import type { ByteSource } from "../bytes/byte-source.ts";
import { createCounters } from "../bytes/counters.ts";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { type DecoderOptions, PacketDecoder } from "../capture/packet-decoder.ts";
import { PacketReader } from "../capture/packet-reader.ts";
import type { PacketRing } from "../capture/packet-ring.ts";
import type { PcapngWriter } from "../capture/pcapng-writer.ts";
import type { FoundConversations } from "./found-conversations.ts";

/** How the capture was metered; `tick` is called periodically during reading. */
export interface CopyOptions extends DecoderOptions {
	readonly tick?: () => void;
}

/** Reads a capture a second time and copies the packets of reported flows; returns their number. */
export async function copyFoundPackets(
	capture: ByteSource,
	found: FoundConversations,
	writer: PcapngWriter,
	options: CopyOptions,
): Promise<number> {
	// The metering process has already reported problems of the capture.
	const reader = new PacketReader(capture, createCounters());
	const decoder = new PacketDecoder(options);
	const decoded = new DecodedPacket();
	let copied = 0;
	try {
		while (await reader.fill()) {
			options.tick?.();
			while (reader.next()) {
				if (decoder.decode(reader.packet, decoded) !== 0 || !found.has(decoded, reader.packet.time)) continue;
				writer.add(reader.packet);
				copied++;
			}
		}
	} finally {
		reader.close();
	}
	return copied;
}

/** The same for the packets of a live capture that are still in memory and not yet copied. */
export class LiveFoundPackets {
	readonly #decoder: PacketDecoder;
	readonly #decoded = new DecodedPacket();
	readonly #ring: PacketRing;

	constructor(ring: PacketRing, options: DecoderOptions) {
		this.#ring = ring;
		this.#decoder = new PacketDecoder(options);
	}

	copy(found: FoundConversations, writer: PcapngWriter): void {
		this.#ring.offer((packet) => {
			if (this.#decoder.decode(packet, this.#decoded) !== 0 || !found.has(this.#decoded, packet.time)) return false;
			writer.add(packet);
			return true;
		});
	}
}
