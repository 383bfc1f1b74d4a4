import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import type { PayloadPredicate } from "./first-payloads.ts";
import { Slabs } from "./slabs.ts";
import { WordWriter } from "./unaligned-words.ts";

/**
 * Words in front of a piece's bytes, all in the cache line where these begin: the link; how many bytes there are; the
 * sequence number expected next, and whether there is one.
 */
const HEADER_WORDS = 4;
const LINK = 0;
const LENGTH = 1;
const NEXT_SEQUENCE = 2;
const IS_SEQUENCE_KNOWN = 3;
const HEADER_BYTES = HEADER_WORDS << 2;

const SYN = 0x02;
/** Memory for a slot: a piece each where a few hundred bytes are kept, which not every direction needs. */
const BYTES_PER_SLOT = 512;
const FEWEST_PIECES = 16;
const CACHE_LINE = 64;
/** Up to so many bytes, copying by hand costs less than a view of them. */
const SHORT = 48;

/**
 * The first payload bytes of directions, joined over packets, each in a piece of memory that holds the most that is kept.
 * TCP segments are placed by sequence number: what was seen before is left out (retransmissions, keep-alives), and where a
 * segment is missing the next one follows directly.
 */
export class LongPayloads {
	readonly limit: number;
	readonly #slabs: Slabs;
	readonly #words: Int32Array;
	readonly #bytes: Uint8Array;
	readonly #wordsPerPiece: number;
	readonly #front = [new WordWriter(), new WordWriter()] as const;
	/** Keeps what is read ahead from being optimised away. */
	#touched = 0;

	/** `limit`: bytes kept of a direction. */
	constructor(slots: number, limit: number) {
		this.limit = limit;
		// Whole headers' lengths, so that no header lies across two cache lines.
		const bytesPerPiece = HEADER_BYTES * (1 + Math.ceil(limit / HEADER_BYTES));
		const pieces = Math.max(FEWEST_PIECES, Math.ceil((slots * BYTES_PER_SLOT) / bytesPerPiece));
		this.#slabs = new Slabs(pieces, bytesPerPiece, LINK);
		this.#words = this.#slabs.words;
		this.#bytes = this.#slabs.bytes;
		this.#wordsPerPiece = bytesPerPiece >> 2;
	}

	/** Whether there is no piece for one more. */
	get isExhausted(): boolean {
		return this.#slabs.available === 0;
	}

	/** A piece for a direction of which nothing was seen. */
	begin(): number {
		const piece = this.#slabs.claim();
		const header = piece * this.#wordsPerPiece;
		this.#words[header + LENGTH] = 0;
		this.#words[header + IS_SEQUENCE_KNOWN] = 0;
		return piece;
	}

	/** Takes what a packet with payload adds to a piece; whether the direction has all it may have. */
	add(piece: number, packet: DecodedPacket, captured: Uint8Array): boolean {
		const words = this.#words;
		const header = piece * this.#wordsPerPiece;
		const length = words[header + LENGTH]!;
		let begin = packet.payloadBegin;
		if (packet.protocol === PROTOCOL.TCP && packet.fragment !== FRAGMENT.LATER) {
			begin += this.#bytesSeenBefore(header, packet);
		}
		const end = Math.min(packet.payloadEnd, begin + this.limit - length);
		if (begin >= end) return false;
		this.#copy(captured, begin, end, (header << 2) + HEADER_BYTES + length);
		words[header + LENGTH] = length + end - begin;
		return length + end - begin === this.limit;
	}

	/** How many bytes a piece holds. */
	lengthOf(piece: number): number {
		return this.#words[piece * this.#wordsPerPiece + LENGTH]!;
	}

	/** Whether what a piece holds satisfies the predicate. */
	satisfies(piece: number, predicate: PayloadPredicate): boolean {
		const begin = piece * (this.#wordsPerPiece << 2) + HEADER_BYTES;
		return predicate(this.#bytes, begin, begin + this.lengthOf(piece));
	}

	#copy(captured: Uint8Array, begin: number, end: number, to: number): void {
		const bytes = this.#bytes;
		if (end - begin > SHORT) bytes.set(captured.subarray(begin, end), to);
		else for (let i = begin, at = to; i < end; i++) bytes[at++] = captured[i]!;
	}

	/** Appends what a piece holds to the flow that `into` is building. */
	write(piece: number, into: ListColumnBuilder<Uint8Array>): void {
		const header = piece * this.#wordsPerPiece;
		const begin = (header << 2) + HEADER_BYTES;
		into.append(this.#bytes, begin, begin + this.#words[header + LENGTH]!);
	}

	/** The same with the first `length` bytes only. `reverse`: which of two columns it is, 1 or 0. */
	writeFront(piece: number, length: number, reverse: number, into: ListColumnBuilder<Uint8Array>): void {
		this.#front[reverse]!.append(this.#words, piece * this.#wordsPerPiece + HEADER_WORDS, length, into);
	}

	/** Has the memory fetched that is written of each of `pieces[0 … count)`. */
	fetch(pieces: Int32Array, count: number): void {
		let sum = 0;
		for (let i = 0; i < count; i++) sum ^= this.#words[pieces[i]! * this.#wordsPerPiece]!;
		for (let i = 0; i < count; i++) {
			const header = pieces[i]! * this.#wordsPerPiece;
			const begin = (header << 2) + HEADER_BYTES;
			const end = begin + this.#words[header + LENGTH]!;
			for (let at = begin; at < end; at += CACHE_LINE) sum ^= this.#bytes[at]!;
		}
		this.#touched ^= sum;
	}

	release(piece: number): void {
		this.#slabs.release(piece);
	}

	/** How many bytes at the front of the segment are known, and what is expected after it. Sequence numbers wrap (RFC 9293, 3.4). */
	#bytesSeenBefore(header: number, packet: DecodedPacket): number {
		const words = this.#words;
		const first = packet.tcpFlags & SYN ? (packet.tcpSequence + 1) | 0 : packet.tcpSequence;
		const next = (first + packet.payloadLength) | 0;
		const ahead = words[header + IS_SEQUENCE_KNOWN] ? (first - words[header + NEXT_SEQUENCE]!) | 0 : 0;
		words[header + IS_SEQUENCE_KNOWN] = 1;
		if (ahead >= 0) {
			words[header + NEXT_SEQUENCE] = next;
			return 0;
		}
		if (((next - words[header + NEXT_SEQUENCE]!) | 0) > 0) words[header + NEXT_SEQUENCE] = next;
		return -ahead;
	}
}
