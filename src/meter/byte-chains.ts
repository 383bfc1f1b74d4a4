import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";

/** A piece is one cache line: 60 bytes and the link. */
const PIECE_SHIFT = 6;
const WORD_SHIFT = PIECE_SHIFT - 2;
const PER_PIECE = 60;
const LINK = PER_PIECE >> 2;

/** Words are copied as they lie in memory, whatever the machine's byte order. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Byte strings of all flows (payload, server names), in chains of small pieces. */
export class ByteChains {
	readonly #slabs: Slabs;
	readonly #bytes: Uint8Array;
	readonly #words: Int32Array;
	/** The last piece of the chain that was stored last: where {@link append} goes on. */
	last = 0;
	/** The source last copied from, and a view of it that reads four bytes at any offset. */
	#source: Uint8Array = EMPTY;
	#view = new DataView(EMPTY.buffer);

	constructor(pieces: number) {
		this.#slabs = new Slabs(pieces, 1 << PIECE_SHIFT, LINK);
		this.#bytes = new Uint8Array(this.#slabs.memory);
		this.#words = this.#slabs.words;
	}

	/** Whether `length` more bytes do not fit, whatever part of the last piece is free. */
	isExhausted(length: number): boolean {
		return this.#slabs.available * PER_PIECE < length + PER_PIECE;
	}

	/** A new chain with `source[begin … end)`, which is not empty. {@link last} is its last piece. */
	store(source: Uint8Array, begin: number, end: number): number {
		const first = this.#slabs.claim();
		this.last = this.#fill(first, source, begin, end);
		return first;
	}

	/** Appends to a chain that holds `length` bytes (not 0) and whose last piece is `last`; the last piece is now the one returned. */
	append(last: number, length: number, source: Uint8Array, begin: number, end: number): number {
		const filled = ((length - 1) % PER_PIECE) + 1;
		const bytes = this.#bytes;
		let at = (last << PIECE_SHIFT) + filled;
		const stop = Math.min(end, begin + PER_PIECE - filled);
		let i = begin;
		while (i < stop) bytes[at++] = source[i++]!;
		if (i === end) return last;
		const next = this.#slabs.claim();
		this.#slabs.link(last, next);
		return this.#fill(next, source, i, end);
	}

	/** Appends the `length` bytes of a chain to the flow that `into` is building. */
	write(first: number, length: number, into: ListColumnBuilder<Uint8Array>): void {
		// Room for whole words, of which the last may be written beyond the length and over again.
		into.reserve(length + 3);
		this.#copy(first, length, into.values, into.used);
		into.used += length;
	}

	/** Copies the `length` bytes of a chain to the front of `into`, which is at least 3 bytes longer. */
	copy(first: number, length: number, into: Uint8Array): void {
		this.#copy(first, length, into, 0);
	}

	release(first: number): void {
		this.#slabs.release(first);
	}

	#copy(first: number, length: number, into: Uint8Array, offset: number): void {
		const words = this.#words;
		const end = offset + length;
		let piece = first;
		for (let at = offset; at < end; piece = this.#slabs.next(piece)) {
			let from = piece << WORD_SHIFT;
			const stop = Math.min(end, at + PER_PIECE);
			for (; at < stop; at += 4) {
				const word = words[from++]!;
				into[at] = IS_LITTLE_ENDIAN ? word : word >> 24;
				into[at + 1] = IS_LITTLE_ENDIAN ? word >> 8 : word >> 16;
				into[at + 2] = IS_LITTLE_ENDIAN ? word >> 16 : word >> 8;
				into[at + 3] = IS_LITTLE_ENDIAN ? word >> 24 : word;
			}
		}
	}

	/** Fills the empty piece `first` and as many after it as are needed; the last one is returned. */
	#fill(first: number, source: Uint8Array, begin: number, end: number): number {
		if (source !== this.#source) {
			this.#source = source;
			this.#view = new DataView(source.buffer as ArrayBuffer, source.byteOffset, source.length);
		}
		const bytes = this.#bytes;
		const words = this.#words;
		const view = this.#view;
		let piece = first;
		let i = begin;
		for (;;) {
			const stop = Math.min(end, i + PER_PIECE);
			let word = piece << WORD_SHIFT;
			for (; i + 4 <= stop; i += 4) words[word++] = view.getInt32(i, IS_LITTLE_ENDIAN);
			let at = word << 2;
			while (i < stop) bytes[at++] = source[i++]!;
			if (i === end) return piece;
			const next = this.#slabs.claim();
			this.#slabs.link(piece, next);
			piece = next;
		}
	}
}

const EMPTY = new Uint8Array(0);
