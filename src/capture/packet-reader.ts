import type { ByteSource } from "../bytes/byte-source.ts";
import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { type CaptureFormat, DAMAGED, MALFORMED_RECORD } from "./capture-format.ts";
import { CapturedPacket } from "./captured-packet.ts";
import { isPcap, PcapFormat } from "./pcap-format.ts";
import { isPcapng, PcapngFormat } from "./pcapng-format.ts";

/** Bytes that {@link isCapture} wants to see. */
export const CAPTURE_HEAD = 12;

/** Whether a file that begins with `head` is a capture, told by its content. */
export function isCapture(head: Uint8Array): boolean {
	return isPcap(head) || isPcapng(head);
}

/** Bytes read at once, few enough to be in the cache still when they are parsed; and room before them for the record that the chunk before has begun. */
const CHUNK = 1 << 18;
const HEADROOM = 1 << 18;

/**
 * Packets out of a capture, without an object or a copy per packet: {@link fill} brings the next bytes in, then
 * {@link next} steps through the packets that lie whole in them. Two buffers take turns: the one is used, what it ends
 * with goes before what is read into the other.
 *
 * ```ts
 * while (await reader.fill()) while (reader.next()) use(reader.packet);
 * ```
 *
 * A capture that is cut or damaged gives everything up to there and a warning in `counters`.
 * What is no capture throws a `DeCryptoError` from the first {@link fill}.
 */
export class PacketReader {
	readonly packet = new CapturedPacket();
	readonly #source: ByteSource;
	readonly #counters: SourceCounters;
	#format: CaptureFormat | undefined;
	#view: DataView = new DataView(new ArrayBuffer(0));
	/** What is left of the bytes at hand. */
	#at = 0;
	#end = 0;
	/** Bytes that must be there for the next record to be read. */
	#needed = 1;
	#damaged = false;
	/** Bytes of the capture up to `#end`, for messages. */
	#position = 0;
	/** The buffer that the next chunk is read into. */
	#spare: Uint8Array = new Uint8Array(0);

	constructor(source: ByteSource, counters: SourceCounters = source.counters) {
		this.#source = source;
		this.#counters = counters;
	}

	/** Brings in at least the rest of the next record; false where the capture ends. */
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

	/** Steps to the next packet that lies whole in the bytes at hand. */
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

	/** Puts the next chunk behind what is left; false at the end. */
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
			// A record longer than the headroom gets memory of its own; the buffer that was read into stays the spare one.
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
