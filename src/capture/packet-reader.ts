import type { ByteSource } from "../bytes/byte-source.ts";
import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { type CaptureFormat, DAMAGED, MALFORMED_RECORD } from "./capture-format.ts";
import { CapturedPacket } from "./captured-packet.ts";
import { isPcap, PcapFormat } from "./pcap-format.ts";
import { isPcapng, PcapngFormat } from "./pcapng-format.ts";

/** Bytes that {@link isCapture} needs. */
export const CAPTURE_HEAD = 12;

/** Whether a file that begins with `head` is a capture, by its content. */
export function isCapture(head: Uint8Array): boolean {
	return isPcap(head) || isPcapng(head);
}

/**
 * Bytes per read, few enough to be still in the cache when they are parsed; and headroom before them for the incomplete
 * record of the previous chunk.
 */
const CHUNK = 1 << 18;
const HEADROOM = 1 << 18;

/**
 * Packets of a capture, without an object or a copy per packet: {@link fill} reads the next bytes, then
 * {@link next} steps through the packets that are complete in them. Two buffers alternate: the incomplete end of one
 * is copied in front of the bytes read into the other.
 *
 * ```ts
 * while (await reader.fill()) while (reader.next()) use(reader.packet);
 * ```
 *
 * A truncated or damaged capture is read up to that point, with a warning in `counters`.
 * A file that is not a capture throws a `DeCryptoError` from the first {@link fill}.
 */
export class PacketReader {
	readonly packet = new CapturedPacket();
	readonly #source: ByteSource;
	readonly #counters: SourceCounters;
	#format: CaptureFormat | undefined;
	#view: DataView = new DataView(new ArrayBuffer(0));
	/** The rest of the current bytes. */
	#at = 0;
	#end = 0;
	/** Bytes required to read the next record. */
	#needed = 1;
	#damaged = false;
	/** Bytes of the capture up to `#end`, for messages. */
	#position = 0;
	/** The buffer of the next chunk. */
	#spare: Uint8Array = new Uint8Array(0);

	constructor(source: ByteSource, counters: SourceCounters = source.counters) {
		this.#source = source;
		this.#counters = counters;
	}

	/** Reads at least the rest of the next record; false at the end of the capture. */
	async fill(): Promise<boolean> {
		if (this.#format === undefined && !(await this.#begin())) return false;
		if (this.#damaged) return false;
		while (this.#end - this.#at < this.#needed) {
			if (await this.#pull()) continue;
			if (this.#end > this.#at) this.#warn("the capture is cut short; read up to there");
			return false;
		}
		return true;
	}

	/** Steps to the next packet that is complete in the current bytes. */
	next(): boolean {
		const packet = this.packet;
		for (;;) {
			const length = this.#format!.readRecord(this.#view, this.#at, this.#end, packet);
			if (length <= 0) return this.#stop(length);
			this.#at += length;
			if (packet.linkType >= 0) return true;
			if (packet.linkType === MALFORMED_RECORD) countMalformed(this.#counters, "capture: packet block that cannot be");
		}
	}

	close(): void {
		this.#source.close();
	}

	#stop(outcome: number): false {
		if (outcome !== DAMAGED) this.#needed = -outcome;
		else if (!this.#damaged) {
			this.#damaged = true;
			countMalformed(this.#counters, "capture: damaged record header");
			this.#warn("a record header is damaged; read up to there");
		}
		return false;
	}

	#warn(what: string): void {
		const position = this.#position - (this.#end - this.#at);
		this.#counters.warnings.push(`${this.#source.name}: byte ${position}: ${what}`);
	}

	async #begin(): Promise<boolean> {
		const head = await this.#source.peek(CAPTURE_HEAD);
		if (head.length === 0) throw new DeCryptoError("capture", `${this.#source.name}: the file is empty`);
		if (!isCapture(head)) throw new DeCryptoError("capture", `${this.#source.name}: not a capture (pcap or pcapng)`);
		this.#format = isPcap(head) ? new PcapFormat() : new PcapngFormat();
		this.#spare = new Uint8Array(HEADROOM + CHUNK);
		const { headerLength } = this.#format;
		while (this.#end - this.#at < headerLength) {
			if (await this.#pull()) continue;
			this.#warn("the capture ends within its header");
			return false;
		}
		this.#format.readHeader(this.#view, this.#at);
		this.#at += headerLength;
		return true;
	}

	/** Appends the next chunk to the rest; false at the end. */
	async #pull(): Promise<boolean> {
		const count = await this.#source.read(this.#spare.subarray(HEADROOM));
		if (count === 0) return false;
		const left = this.packet.bytes.subarray(this.#at, this.#end);
		let bytes = this.#spare;
		let begin = HEADROOM - left.length;
		if (begin >= 0) {
			bytes.set(left, begin);
			this.#spare =
				this.packet.bytes.length === HEADROOM + CHUNK ? this.packet.bytes : new Uint8Array(HEADROOM + CHUNK);
		} else {
			// A record longer than the headroom gets memory of its own; the buffer just read into stays the spare one.
			bytes = new Uint8Array(left.length + count);
			bytes.set(left);
			bytes.set(this.#spare.subarray(HEADROOM, HEADROOM + count), left.length);
			begin = 0;
		}
		this.packet.bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		this.#at = begin;
		this.#end = begin + left.length + count;
		this.#position += count;
		return true;
	}
}
