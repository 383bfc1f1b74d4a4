import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";

/** A piece is one cache line: 60 bytes and the link. */
const PIECE_SHIFT = 6;
const PER_PIECE = 60;
const LINK = PER_PIECE >> 2;

/** Byte strings of all flows (payload, server names), in chains of small pieces. */
export class ByteChains {
	readonly #slabs: Slabs;
	readonly #bytes: Uint8Array;

	constructor(pieces: number) {
		this.#slabs = new Slabs(pieces, 1 << PIECE_SHIFT, LINK);
		this.#bytes = new Uint8Array(this.#slabs.memory);
	}

	/** Whether `length` more bytes do not fit, whatever part of the last piece is free. */
	isExhausted(length: number): boolean {
		return this.#slabs.available * PER_PIECE < length + PER_PIECE;
	}

	/** A new chain with `source[begin … end)`, which is not empty. */
	store(source: Uint8Array, begin: number, end: number): number {
		const first = this.#slabs.claim();
		this.#fill(first, 0, source, begin, end);
		return first;
	}

	/** Appends to the chain `first` (0 for a new one) that holds `length` bytes; the chain's first piece is returned. */
	append(first: number, length: number, source: Uint8Array, begin: number, end: number): number {
		if (first === 0) return this.store(source, begin, end);
		let piece = first;
		let before = length;
		while (before > PER_PIECE) {
			piece = this.#slabs.next(piece);
			before -= PER_PIECE;
		}
		this.#fill(piece, before, source, begin, end);
		return first;
	}

	/** Copies the `length` bytes of a chain to the front of `into`. */
	copy(first: number, length: number, into: Uint8Array): void {
		let piece = first;
		let from = piece << PIECE_SHIFT;
		for (let at = 0, left = PER_PIECE; at < length; at++, left--) {
			if (left === 0) {
				piece = this.#slabs.next(piece);
				from = piece << PIECE_SHIFT;
				left = PER_PIECE;
			}
			into[at] = this.#bytes[from++]!;
		}
	}

	/** Appends the `length` bytes of a chain to the flow that `into` is building. */
	write(first: number, length: number, into: ListColumnBuilder<Uint8Array>): void {
		into.reserve(length);
		const { values } = into;
		let at = into.used;
		const end = at + length;
		const bytes = this.#bytes;
		for (let piece = first; at < end; piece = this.#slabs.next(piece)) {
			let from = piece << PIECE_SHIFT;
			const stop = Math.min(end, at + PER_PIECE);
			while (at < stop) values[at++] = bytes[from++]!;
		}
		into.used = end;
	}

	release(first: number): void {
		this.#slabs.release(first);
	}

	#fill(first: number, filled: number, source: Uint8Array, begin: number, end: number): void {
		const bytes = this.#bytes;
		let piece = first;
		let at = (piece << PIECE_SHIFT) + filled;
		let left = PER_PIECE - filled;
		let i = begin;
		for (;;) {
			const stop = Math.min(end, i + left);
			while (i < stop) bytes[at++] = source[i++]!;
			if (i === end) return;
			const next = this.#slabs.claim();
			this.#slabs.link(piece, next);
			piece = next;
			at = piece << PIECE_SHIFT;
			left = PER_PIECE;
		}
	}
}
