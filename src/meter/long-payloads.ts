import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import type { PayloadPredicate } from "./first-payloads.ts";
import { Slabs } from "./slabs.ts";
import { WordWriter } from "./unaligned-words.ts";

/**
 * Words in front of a piece's bytes: the link; how many bytes there are; the sequence numbers of the first byte and of the
 * one expected next, and whether they are known; the hole: at which of the bytes something is missing (0 where nothing
 * is), and the sequence numbers of what is.
 */
const HEADER_WORDS = 8;
const LINK = 0;
const LENGTH = 1;
const FIRST_SEQUENCE = 2;
const NEXT_SEQUENCE = 3;
const IS_SEQUENCE_KNOWN = 4;
const HOLE_AT = 5;
const HOLE_BEGIN = 6;
const HOLE_END = 7;
const HEADER_BYTES = HEADER_WORDS << 2;

/** Segments overtake one another within a window; what is farther away is not waited for. */
const NEAR = 1 << 16;
const SYN = 0x02;
/** Memory for a slot: a piece each where a few hundred bytes are kept, which not every direction needs. */
const BYTES_PER_SLOT = 512;
const FEWEST_PIECES = 16;
const CACHE_LINE = 64;
/** Up to so many bytes, copying by hand costs less than a view of them. */
const SHORT = 48;

/**
 * The first payload bytes of directions, joined over packets, each in a piece of memory that holds the most that is kept.
 * TCP segments are placed by sequence number: what was seen before is left out (retransmissions, keep-alives), what comes
 * late goes where it belongs, before the first byte and into one hole at a time. While a segment is missing the next one
 * follows directly.
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
		this.#words[header + HOLE_AT] = 0;
		return piece;
	}

	/** Takes what a packet with payload adds to a piece; whether the direction has all it may have. */
	add(piece: number, packet: DecodedPacket, captured: Uint8Array): boolean {
		const words = this.#words;
		const header = piece * this.#wordsPerPiece;
		let begin = packet.payloadBegin;
		if (packet.protocol === PROTOCOL.TCP && packet.fragment !== FRAGMENT.LATER) {
			if (words[header + IS_SEQUENCE_KNOWN] && this.isLate(piece, packet)) this.#addLate(header, packet, captured);
			begin += this.#bytesSeenBefore(header, packet);
		}
		const length = words[header + LENGTH]!;
		const end = Math.min(packet.payloadEnd, begin + this.limit - length);
		if (begin < end) {
			this.#copy(captured, begin, end, (header << 2) + HEADER_BYTES + length);
			words[header + LENGTH] = length + end - begin;
		}
		return words[header + LENGTH] === this.limit && !this.#isHoleNear(header);
	}

	/** Whether a segment begins before what is expected next: a late one, or seen before. */
	isLate(piece: number, packet: DecodedPacket): boolean {
		const header = piece * this.#wordsPerPiece;
		return ((firstSequence(packet) - this.#words[header + NEXT_SEQUENCE]!) | 0) < 0;
	}

	/** Whether there is a hole that a late segment may yet fill. */
	#isHoleNear(header: number): boolean {
		const words = this.#words;
		return words[header + HOLE_AT] !== 0 && ((words[header + NEXT_SEQUENCE]! - words[header + HOLE_BEGIN]!) | 0) < NEAR;
	}

	/** Places what a late segment has of the bytes before the first one, and of the hole. */
	#addLate(header: number, packet: DecodedPacket, captured: Uint8Array): void {
		const words = this.#words;
		const first = firstSequence(packet);
		const length = packet.payloadEnd - packet.payloadBegin;
		const beforeFirst = (words[header + FIRST_SEQUENCE]! - first) | 0;
		if (beforeFirst > 0 && beforeFirst < NEAR) this.#addBefore(header, packet, captured, Math.min(beforeFirst, length));
		if (words[header + HOLE_AT] === 0) return;
		const begin = Math.max(0, (words[header + HOLE_BEGIN]! - first) | 0);
		const end = Math.min(length, (words[header + HOLE_END]! - first) | 0);
		if (begin < end) this.#fillHole(header, captured, packet.payloadBegin + begin, end - begin, (first + begin) | 0);
	}

	/** The segment's first `count` bytes go before all that there is. */
	#addBefore(header: number, packet: DecodedPacket, captured: Uint8Array, count: number): void {
		const words = this.#words;
		const first = firstSequence(packet);
		const inserted = this.#insert(header, 0, captured, packet.payloadBegin, count);
		const end = (first + count) | 0;
		if (end !== words[header + FIRST_SEQUENCE]) {
			words[header + HOLE_AT] = inserted;
			words[header + HOLE_BEGIN] = end;
			words[header + HOLE_END] = words[header + FIRST_SEQUENCE]!;
		} else if (words[header + HOLE_AT] !== 0) words[header + HOLE_AT]! += inserted;
		words[header + FIRST_SEQUENCE] = first;
	}

	/** `captured[from … from + count)`, whose first byte has this sequence number, lies within the hole. */
	#fillHole(header: number, captured: Uint8Array, from: number, count: number, sequence: number): void {
		const words = this.#words;
		const inserted = this.#insert(header, words[header + HOLE_AT]!, captured, from, count);
		if (sequence === words[header + HOLE_BEGIN]) {
			words[header + HOLE_AT]! += inserted;
			words[header + HOLE_BEGIN] = (sequence + count) | 0;
		} else words[header + HOLE_END] = sequence;
		if (words[header + HOLE_BEGIN] === words[header + HOLE_END]) words[header + HOLE_AT] = 0;
	}

	/** Moves what stands from `at` on to make room, beyond the limit away; gives how many bytes were put there. */
	#insert(header: number, at: number, captured: Uint8Array, from: number, count: number): number {
		const words = this.#words;
		const begin = (header << 2) + HEADER_BYTES;
		const length = words[header + LENGTH]!;
		const inserted = Math.min(count, this.limit - at);
		this.#bytes.copyWithin(begin + at + inserted, begin + at, begin + Math.min(length, this.limit - inserted));
		this.#copy(captured, from, from + inserted, begin + at);
		words[header + LENGTH] = Math.min(this.limit, length + inserted);
		return inserted;
	}

	/** The first `length` bytes of a piece, valid until something is added. */
	frontOf(piece: number, length: number): Uint8Array {
		const begin = piece * (this.#wordsPerPiece << 2) + HEADER_BYTES;
		return this.#bytes.subarray(begin, begin + length);
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
		const first = firstSequence(packet);
		const next = (first + packet.payloadLength) | 0;
		if (!words[header + IS_SEQUENCE_KNOWN]) {
			words[header + IS_SEQUENCE_KNOWN] = 1;
			words[header + FIRST_SEQUENCE] = first;
			words[header + NEXT_SEQUENCE] = next;
			return 0;
		}
		const ahead = (first - words[header + NEXT_SEQUENCE]!) | 0;
		if (ahead > 0 && ahead < NEAR && words[header + HOLE_AT] === 0) {
			words[header + HOLE_AT] = words[header + LENGTH]!;
			words[header + HOLE_BEGIN] = words[header + NEXT_SEQUENCE]!;
			words[header + HOLE_END] = first;
		}
		if (ahead >= 0) {
			words[header + NEXT_SEQUENCE] = next;
			return 0;
		}
		if (((next - words[header + NEXT_SEQUENCE]!) | 0) > 0) words[header + NEXT_SEQUENCE] = next;
		return -ahead;
	}
}

/** The sequence number of a segment's first byte of payload: SYN takes one of its own. */
function firstSequence({ tcpFlags, tcpSequence }: DecodedPacket): number {
	return tcpFlags & SYN ? (tcpSequence + 1) | 0 : tcpSequence;
}
