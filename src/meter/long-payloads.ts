import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import type { PayloadPredicate } from "./first-payloads.ts";
import { Slabs } from "./slabs.ts";
import { WordWriter } from "./unaligned-words.ts";

/**
 * Words before a piece's bytes: the link; the number of bytes; the sequence numbers of the first byte and of the
 * next expected one, and whether they are known; the hole: the index of the byte at which data are missing (0 if none
 * are), and the sequence numbers of the missing bytes.
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

/** Segments are reordered within a window; bytes farther away are not waited for. */
const NEAR = 1 << 16;
const SYN = 0x02;
/** Memory per slot: a full piece if a few hundred bytes are kept, which not every direction needs. */
const BYTES_PER_SLOT = 512;
const FEWEST_PIECES = 16;
const CACHE_LINE = 64;
/** Up to this many bytes, a loop costs less than a view. */
const SHORT = 48;

/**
 * The first payload bytes of directions, joined over packets, each in a piece of memory of the maximum size.
 * TCP segments are placed by sequence number: bytes seen before are skipped (retransmissions, keep-alives), late
 * bytes are inserted, before the first byte and into one hole at a time. While a segment is missing the next one
 * is appended directly.
 */
export class LongPayloads {
	readonly limit: number;
	readonly #slabs: Slabs;
	readonly #words: Int32Array;
	readonly #bytes: Uint8Array;
	readonly #wordsPerPiece: number;
	readonly #front = [new WordWriter(), new WordWriter()] as const;
	/** Keeps the compiler from removing prefetching reads. */
	#touched = 0;

	/** `limit`: bytes kept per direction. */
	constructor(slots: number, limit: number) {
		this.limit = limit;
		// A multiple of the header's length, so that no header spans two cache lines.
		const bytesPerPiece = HEADER_BYTES * (1 + Math.ceil(limit / HEADER_BYTES));
		const pieces = Math.max(FEWEST_PIECES, Math.ceil((slots * BYTES_PER_SLOT) / bytesPerPiece));
		this.#slabs = new Slabs(pieces, bytesPerPiece, LINK);
		this.#words = this.#slabs.words;
		this.#bytes = this.#slabs.bytes;
		this.#wordsPerPiece = bytesPerPiece >> 2;
	}

	/** Whether no piece is free. */
	get isExhausted(): boolean {
		return this.#slabs.available === 0;
	}

	/** A piece for a direction without data. */
	begin(): number {
		const piece = this.#slabs.claim();
		const header = piece * this.#wordsPerPiece;
		this.#words[header + LENGTH] = 0;
		this.#words[header + IS_SEQUENCE_KNOWN] = 0;
		this.#words[header + HOLE_AT] = 0;
		return piece;
	}

	/** Adds a packet with payload to a piece; returns whether the direction is complete. */
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

	/** Whether a segment begins before the next expected byte: late, or seen before. */
	isLate(piece: number, packet: DecodedPacket): boolean {
		const header = piece * this.#wordsPerPiece;
		return ((firstSequence(packet) - this.#words[header + NEXT_SEQUENCE]!) | 0) < 0;
	}

	/** Whether there is a hole that a late segment may still fill. */
	#isHoleNear(header: number): boolean {
		const words = this.#words;
		return words[header + HOLE_AT] !== 0 && ((words[header + NEXT_SEQUENCE]! - words[header + HOLE_BEGIN]!) | 0) < NEAR;
	}

	/** Inserts those bytes of a late segment that precede the first byte, or lie in the hole. */
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

	/** Inserts the segment's first `count` bytes before all others. */
	#addBefore(header: number, packet: DecodedPacket, captured: Uint8Array, count: number): void {
		const words = this.#words;
		const first = firstSequence(packet);
		const inserted = this.#insert(header, 0, captured, packet.payloadBegin, count);
		const end = (first + count) | 0;
		if (end !== words[header + FIRST_SEQUENCE]) {
			words[header + HOLE_AT] = inserted;
			words[header + HOLE_BEGIN] = end;
			words[header + HOLE_END] = words[header + FIRST_SEQUENCE]!;
		} else if (words[header + HOLE_AT] !== 0) {
			// A hole that is pushed beyond what is kept is none any more.
			const moved = words[header + HOLE_AT]! + inserted;
			words[header + HOLE_AT] = moved < this.limit ? moved : 0;
		}
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

	/** Moves the bytes from `at` on, dropping those beyond the limit; returns how many bytes can be inserted. */
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

	/** The first `length` bytes of a piece, valid until the next addition. */
	frontOf(piece: number, length: number): Uint8Array {
		const begin = piece * (this.#wordsPerPiece << 2) + HEADER_BYTES;
		return this.#bytes.subarray(begin, begin + length);
	}

	/** Number of bytes in a piece. */
	lengthOf(piece: number): number {
		return this.#words[piece * this.#wordsPerPiece + LENGTH]!;
	}

	/** Whether the content of a piece satisfies the predicate. */
	satisfies(piece: number, predicate: PayloadPredicate): boolean {
		const begin = piece * (this.#wordsPerPiece << 2) + HEADER_BYTES;
		return predicate(this.#bytes, begin, begin + this.lengthOf(piece));
	}

	#copy(captured: Uint8Array, begin: number, end: number, to: number): void {
		const bytes = this.#bytes;
		if (end - begin > SHORT) bytes.set(captured.subarray(begin, end), to);
		else for (let i = begin, at = to; i < end; i++) bytes[at++] = captured[i]!;
	}

	/** Appends the content of a piece to the flow that `into` is building. */
	write(piece: number, into: ListColumnBuilder<Uint8Array>): void {
		const header = piece * this.#wordsPerPiece;
		const begin = (header << 2) + HEADER_BYTES;
		into.append(this.#bytes, begin, begin + this.#words[header + LENGTH]!);
	}

	/** The same with the first `length` bytes only. `reverse`: the column, 1 for the direction back, else 0. */
	writeFront(piece: number, length: number, reverse: number, into: ListColumnBuilder<Uint8Array>): void {
		this.#front[reverse]!.append(this.#words, piece * this.#wordsPerPiece + HEADER_WORDS, length, into);
	}

	/** Prefetches the memory to be written of each of `pieces[0 … count)`. */
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

	/**
	 * Number of known bytes at the front of the segment, and the next expected one. Sequence numbers wrap (RFC 9293,
	 * 3.4).
	 */
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

/** The sequence number of a segment's first byte of payload: a SYN takes one number itself. */
function firstSequence({ tcpFlags, tcpSequence }: DecodedPacket): number {
	return tcpFlags & SYN ? (tcpSequence + 1) | 0 : tcpSequence;
}
