import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { bufferOf } from "../flow/returned-buffers.ts";
import { COPY_SLACK } from "./copy-run.ts";
import { type Framing, HEADER_LENGTHS, PAYLOAD_LENGTH_ACCEPTED, payloadLength, tellFraming } from "./framing.ts";
import { decodeHello, helloLength, unirecSpecifier } from "./hello.ts";
import { MessageSpans } from "./message-spans.ts";
import type { RecordBatch } from "./record-batch.ts";
import { parseTemplate, type Template } from "./template.ts";

const INITIAL_CAPACITY = 1 << 19;
/** Room for the largest container accepted and a chunk behind it. */
const CAPACITY_MAX = 4 << 20;

/**
 * Turns the bytes of one connection or file — a hello, then containers — into batches of records. Bytes are pushed as
 * they come, in pieces of any size; every complete container received so far is one batch. Two buffers take turns: one
 * is the batch being used, the other fills.
 */
export class StreamReader {
	/** The sender's template, once its hello is complete. */
	template: Template | undefined;
	readonly #counters: SourceCounters;
	readonly #spans = new MessageSpans();
	#framing: Framing | "untold";
	#filling = new Uint8Array(INITIAL_CAPACITY);
	#used = 0;
	#idle = new Uint8Array(INITIAL_CAPACITY);

	/** `untold`: a socket; the first container shows its framing. */
	constructor(framing: Framing | "untold", counters: SourceCounters) {
		this.#framing = framing;
		this.#counters = counters;
	}

	/** The sender has ended its stream; later bytes are not read. */
	get ended(): boolean {
		return this.#spans.ended;
	}

	/** Bytes received that are not yet in a batch. */
	get waiting(): number {
		return this.#used;
	}

	push(chunk: Uint8Array): void {
		this.room(chunk.length).set(chunk);
		this.received(chunk.length);
	}

	/**
	 * Memory for the next bytes, `atLeast` of them, for callers that read into it without a copy. It is valid while the last
	 * batch is in use, until the next {@link take}: reading and decoding can overlap.
	 */
	room(atLeast: number): Uint8Array {
		this.#reserve(atLeast);
		return this.#filling.subarray(this.#used, this.#filling.length - COPY_SLACK);
	}

	/** `count` bytes were written to {@link room}. */
	received(count: number): void {
		this.#used += count;
	}

	/**
	 * The records of all complete containers received; undefined if there is no complete container. Throws (codes `hello`,
	 * `format`, `template`, `container`) if the bytes are not a TRAP stream; earlier records were returned before.
	 */
	take(): RecordBatch | undefined {
		if (this.ended || !this.#begun()) return undefined;
		const bytes = this.#filling;
		const header = HEADER_LENGTHS[this.#framing as Framing];
		this.#spans.clear();
		let at = 0;
		let damaged: DeCryptoError | undefined;
		while (this.#used - at >= header && !this.#spans.ended) {
			const length = payloadLength(bytes, at);
			if (length > PAYLOAD_LENGTH_ACCEPTED) {
				damaged = containerError(length);
				break;
			}
			if (this.#used - at < header + length) break;
			this.#addContainer(at + header, at + header + length);
			at += header + length;
		}
		if (damaged && this.#spans.length === 0) throw damaged;
		return this.#swap(at);
	}

	/** The input has ended: the complete messages of a container that was cut, after the last {@link take}. */
	takeCut(): RecordBatch | undefined {
		if (this.template === undefined || !this.#framed(true)) return undefined;
		this.#spans.clear();
		const begin = HEADER_LENGTHS[this.#framing as Framing];
		if (this.#used > begin) this.#spans.add(this.#filling, begin, this.#used);
		return this.#swap(this.#used);
	}

	/** Whether hello and framing are known: then a container begins at the start of the buffer. */
	#begun(): boolean {
		if (this.template === undefined) {
			const head = this.#filling.subarray(0, this.#used);
			const length = helloLength(head);
			if (length === undefined || head.length < length) return false;
			this.template = parseTemplate(unirecSpecifier(decodeHello(head.subarray(0, length))));
			this.#drop(length);
		}
		return this.#framed(false);
	}

	/** Whether the framing is known. `isWhole`: the stream has ended. */
	#framed(isWhole: boolean): boolean {
		if (this.#framing !== "untold") return true;
		const told = tellFraming(this.#filling, 0, this.#used, this.template!.fixedLength, isWhole);
		if (told === undefined) return false;
		if (told === "malformed") throw containerError(payloadLength(this.#filling, 0));
		this.#framing = told;
		return true;
	}

	#addContainer(begin: number, end: number): void {
		if (begin === end) countMalformed(this.#counters, "container: empty");
		else if (!this.#spans.add(this.#filling, begin, end)) {
			countMalformed(this.#counters, "container: a message runs over its end");
		}
	}

	#drop(count: number): void {
		this.#filling.copyWithin(0, count, this.#used);
		this.#used -= count;
	}

	/** Hands out `[0 … at)` as a batch and moves the rest to the other buffer. */
	#swap(at: number): RecordBatch | undefined {
		const { begins, ends, length } = this.#spans;
		const bytes = this.#filling;
		if (length === 0) {
			if (at > 0) this.#drop(at);
			return undefined;
		}
		const rest = this.#used - at;
		// A batch that was transferred to another thread took its buffer along.
		const fits = this.#idle.length >= Math.max(rest, INITIAL_CAPACITY);
		const other = fits ? this.#idle : new Uint8Array(bufferOf(bytes.length));
		other.set(bytes.subarray(at, this.#used));
		this.#filling = other;
		this.#used = rest;
		this.#idle = bytes;
		return { template: this.template!, bytes, begins, ends, length };
	}

	#reserve(count: number): void {
		const needed = this.#used + count + COPY_SLACK;
		if (needed <= this.#filling.length) return;
		const grown = new Uint8Array(Math.max(needed, Math.min(this.#filling.length * 2, CAPACITY_MAX)));
		grown.set(this.#filling.subarray(0, this.#used));
		this.#filling = grown;
	}
}

function containerError(length: number): DeCryptoError {
	return new DeCryptoError(
		"container",
		`a container of ${length} bytes (at most ${PAYLOAD_LENGTH_ACCEPTED} are possible)`,
	);
}
