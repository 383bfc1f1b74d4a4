import { closeSync, openSync, writeSync } from "node:fs";
import { openByteSource } from "../bytes/byte-source.ts";
import { inContext } from "../bytes/error.ts";
import type { DecoderOptions } from "../capture/packet-decoder.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import type { Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { FoundConversations } from "../report/found-conversations.ts";
import { copyFoundPackets } from "../report/found-packets.ts";

/** The capture that `--write-pcap` writes: the packets of what was found, read from each input a second time. */
export class FoundPacketsFile {
	readonly #path: string;
	readonly #descriptor: number;
	readonly #writer: PcapngWriter;
	readonly #decoding: DecoderOptions;
	#found = new FoundConversations();

	/** Throws where the file cannot be written. */
	constructor(path: string, decoding: DecoderOptions) {
		this.#path = path;
		this.#decoding = decoding;
		this.#descriptor = this.#attempt(() => openSync(path, "w"));
		this.#writer = new PcapngWriter((block) => this.#attempt(() => writeSync(this.#descriptor, block)));
	}

	/** Notes the miners of a batch. */
	note(flows: FlowColumns, verdicts: Verdicts): void {
		for (let k = 0; k < verdicts.minerCount; k++) this.#found.add(flows, verdicts.miners[k]!);
	}

	/** Copies the packets of what was noted since the last input from this one. */
	async copyFrom(input: string): Promise<void> {
		if (this.#found.size > 0) await copyFoundPackets(openByteSource(input), this.#found, this.#writer, this.#decoding);
		this.#found = new FoundConversations();
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
