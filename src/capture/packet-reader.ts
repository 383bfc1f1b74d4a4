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

/**
 * Packets out of a capture, without an object or a copy per packet: {@link fill} brings the next bytes in, then
 * {@link next} steps through the packets that lie whole in them.
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
	#chunks: AsyncIterator<Uint8Array> | undefined;
	#format: CaptureFormat = new PcapngFormat();
	#view: DataView = new DataView(new ArrayBuffer(0));
	#at = 0;
	#end = 0;
	/** Bytes that must be there for the next record to be read. */
	#needed = 1;
	#damaged = false;
	/** Bytes of the capture before the chunk at hand, for messages. */
	#before = 0;

	constructor(source: ByteSource, counters: SourceCounters = source.counters) {
		this.#source = source;
		this.#counters = counters;
	}

	/** Brings in at least the rest of the next record; false where the capture ends. */
	async fill(): Promise<boolean> {
		if (this.#chunks === undefined && !(await this.#begin())) return false;
		if (this.#damaged) return false;
		const left = this.packet.bytes.subarray(this.#at, this.#end);
		const chunk = await this.#pull(left, this.#needed);
		if (chunk.length < this.#needed) {
			if (chunk.length > 0) this.#warn("the capture is cut short; read up to there");
			return false;
		}
		this.#before += this.#at;
		this.packet.bytes = chunk;
		this.#view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
		this.#at = 0;
		this.#end = chunk.length;
		return true;
	}

	/** Steps to the next packet that lies whole in the bytes at hand. */
	next(): boolean {
		const packet = this.packet;
		for (;;) {
			const length = this.#format.readRecord(this.#view, this.#at, this.#end, packet);
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
		this.#counters.warnings.push(`${this.#source.name}: byte ${this.#before + this.#at}: ${what}`);
	}

	async #begin(): Promise<boolean> {
		const head = await this.#source.peek(CAPTURE_HEAD);
		if (head.length === 0) throw new DeCryptoError("capture", `${this.#source.name}: the file is empty`);
		if (!isCapture(head)) throw new DeCryptoError("capture", `${this.#source.name}: not a capture (pcap or pcapng)`);
		if (isPcap(head)) this.#format = new PcapFormat();
		this.#chunks = this.#source[Symbol.asyncIterator]();
		const { headerLength } = this.#format;
		if (headerLength === 0) return true;
		const chunk = await this.#pull(EMPTY, headerLength);
		if (chunk.length < headerLength) {
			this.#warn("the capture ends within its header");
			return false;
		}
		this.#format.readHeader(new DataView(chunk.buffer, chunk.byteOffset, chunk.length), 0);
		this.packet.bytes = chunk;
		this.#at = headerLength;
		this.#end = chunk.length;
		return true;
	}

	/** `left` and what follows it, at least `needed` bytes where the source has them. */
	async #pull(left: Uint8Array, needed: number): Promise<Uint8Array> {
		if (left.length >= needed) return left;
		const parts = [left];
		let length = left.length;
		while (length < needed) {
			const { done, value } = await this.#chunks!.next();
			if (done) break;
			parts.push(value);
			length += value.length;
		}
		if (parts.length === 2 && left.length === 0) return parts[1]!;
		const whole = new Uint8Array(length);
		let at = 0;
		for (const part of parts) {
			whole.set(part, at);
			at += part.length;
		}
		return whole;
	}
}

const EMPTY = new Uint8Array(0);
