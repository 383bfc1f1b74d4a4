import { openByteSource } from "../bytes/byte-source.ts";
import type { SourceCounters } from "../bytes/counters.ts";
import { type OutputFile, openOutputFile } from "../bytes/output-file.ts";
import type { DecoderOptions } from "../capture/packet-decoder.ts";
import { PacketRing } from "../capture/packet-ring.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import { REASON } from "../detect/verdicts.ts";
import { FoundConversations } from "../report/found-conversations.ts";
import { copyFoundPackets, LiveFoundPackets } from "../report/found-packets.ts";
import { type DecidedBatch, type VerdictSink, verdictSink } from "../report/verdict-sink.ts";

/** Packets that a live capture keeps, in bytes. */
const RING_BYTES = 128 * 2 ** 20;

/** Shows how far the second reading is. */
export interface ReadingProgress {
	follow(name: string, counters: SourceCounters): void;
	tick(): void;
	clear(): void;
}

/**
 * The capture that `--write-pcap` writes: the packets of what was found, read from a file a second time, or, live, as far
 * as they are still in a ring of the last packets.
 */
export class FoundPacketsFile {
	readonly #file: OutputFile;
	readonly #writer: PcapngWriter;
	readonly #decoding: DecoderOptions;
	readonly #progress: ReadingProgress | undefined;
	readonly #captures: string[] = [];
	#found = new FoundConversations();
	#ring: PacketRing | undefined;
	#live: LiveFoundPackets | undefined;

	/** Throws where the file cannot be written. */
	constructor(path: string, decoding: DecoderOptions, progress?: ReadingProgress) {
		this.#decoding = decoding;
		this.#progress = progress;
		this.#file = openOutputFile(path);
		this.#writer = new PcapngWriter((block) => this.#file.write(block));
	}

	/** What the next input's packets are to be shown to, where it cannot be read twice. */
	ring(): PacketRing {
		this.#ring ??= new PacketRing(RING_BYTES);
		this.#live ??= new LiveFoundPackets(this.#ring, this.#decoding);
		return this.#ring;
	}

	/** What takes the verdicts. */
	sink(): VerdictSink {
		return verdictSink(this.#file.path, {
			write: async (batch) => this.#note(batch),
			close: async () => {
				await this.#copyCaptures();
				this.#file.close();
			},
			abandon: async () => this.#file.discard(),
		});
	}

	/** This capture is read a second time when the run ends. */
	readAgain(path: string): void {
		this.#captures.push(path);
	}

	/** Notes the miners of a batch; live, their packets are copied now. Returns their number. */
	#note({ flows, verdicts, reported }: DecidedBatch): number {
		let miners = 0;
		for (const i of reported) {
			if (verdicts.reasons[i] === REASON.NONE) continue;
			this.#found.add(flows, i);
			miners++;
		}
		if (miners > 0) this.#copyLive();
		return miners;
	}

	#copyLive(): void {
		if (this.#live === undefined) return;
		this.#live.copy(this.#found, this.#writer);
		this.#found = new FoundConversations();
	}

	/** Copies the packets of what was noted from all captures: flows may have gone on from one file to the next. */
	async #copyCaptures(): Promise<void> {
		if (this.#found.size === 0) return;
		for (const path of this.#captures) {
			const bytes = openByteSource(path);
			this.#progress?.follow(`${path}, second reading`, bytes.counters);
			await copyFoundPackets(bytes, this.#found, this.#writer, {
				...this.#decoding,
				tick: () => this.#progress?.tick(),
			});
		}
		this.#progress?.clear();
	}
}
