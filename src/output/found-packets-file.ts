import { closeSync, openSync, writeSync } from "node:fs";
import { openByteSource } from "../bytes/byte-source.ts";
import { inContext } from "../bytes/error.ts";
import type { DecoderOptions } from "../capture/packet-decoder.ts";
import { PacketRing } from "../capture/packet-ring.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import type { Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { FoundConversations } from "../report/found-conversations.ts";
import { copyFoundPackets, LiveFoundPackets } from "../report/found-packets.ts";

/** Packets that a live capture keeps, in bytes. */
const RING_BYTES = 128 * 2 ** 20;

/**
 * The capture that `--write-pcap` writes: the packets of what was found, read from a file a second time, or, live, as far
 * as they are still in a ring of the last packets.
 */
export class FoundPacketsFile {
	readonly #path: string;
	readonly #descriptor: number;
	readonly #writer: PcapngWriter;
	readonly #decoding: DecoderOptions;
	#found = new FoundConversations();
	#ring: PacketRing | undefined;
	#live: LiveFoundPackets | undefined;

	/** Throws where the file cannot be written. */
	constructor(path: string, decoding: DecoderOptions) {
		this.#path = path;
		this.#decoding = decoding;
		this.#descriptor = this.#attempt(() => openSync(path, "w"));
		this.#writer = new PcapngWriter((block) => this.#attempt(() => writeSync(this.#descriptor, block)));
	}

	/** What the next input's packets are to be shown to, where it cannot be read twice. */
	ring(): PacketRing {
		this.#ring ??= new PacketRing(RING_BYTES);
		this.#live ??= new LiveFoundPackets(this.#ring, this.#decoding);
		return this.#ring;
	}

	/** Notes the miners of a batch; live, their packets are copied now. */
	note(flows: FlowColumns, verdicts: Verdicts): void {
		if (verdicts.minerCount === 0) return;
		for (let k = 0; k < verdicts.minerCount; k++) this.#found.add(flows, verdicts.miners[k]!);
		if (this.#live === undefined) return;
		this.#live.copy(this.#found, this.#writer);
		this.#found = new FoundConversations();
	}

	/** Copies the packets of what was noted from these captures: flows may have gone on from one file to the next. */
	async copyFrom(captures: readonly string[]): Promise<void> {
		if (this.#found.size === 0) return;
		for (const path of captures)
			await copyFoundPackets(openByteSource(path), this.#found, this.#writer, this.#decoding);
	}

	close(): void {
		closeSync(this.#descriptor);
	}

	#attempt<T>(action: () => T): T {
		try {
			return action();
		} catch (error) {
			throw inContext(this.#path, error);
		}
	}
}
