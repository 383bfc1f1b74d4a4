import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";
import { WordReader, WordWriter } from "./unaligned-words.ts";

/** A piece is one cache line: 60 bytes and the link. */
const WORDS = 16;
const PER_PIECE = 60;
const LINK = WORDS - 1;

/** Byte strings of all flows (server names, fingerprints), in chains of small pieces. */
export class ByteChains {
	readonly #slabs: Slabs;
	readonly #words: Int32Array;
	readonly #from = new WordReader();
	readonly #into = new WordWriter();

	constructor(pieces: number) {
		this.#slabs = new Slabs(pieces, WORDS << 2, LINK);
		this.#words = this.#slabs.words;
	}

	/** Whether `length` more bytes do not fit. */
	isExhausted(length: number): boolean {
		return this.#slabs.available * PER_PIECE < length + PER_PIECE;
	}

	/** A new chain with `source[begin … end)`, which is not empty. */
	store(source: Uint8Array, begin: number, end: number): number {
		const first = this.#slabs.claim();
		let piece = first;
		for (let at = begin; ; at += PER_PIECE) {
			this.#from.copy(source, at, Math.min(PER_PIECE, end - at), this.#words, piece * WORDS);
			if (end - at <= PER_PIECE) return first;
			const next = this.#slabs.claim();
			this.#slabs.link(piece, next);
			piece = next;
		}
	}

	/** Appends the `length` bytes of a chain to the flow that `into` is building. */
	write(first: number, length: number, into: ListColumnBuilder<Uint8Array>): void {
		let piece = first;
		for (let left = length; left > 0; left -= PER_PIECE) {
			this.#into.append(this.#words, piece * WORDS, Math.min(PER_PIECE, left), into);
			piece = this.#slabs.next(piece);
		}
	}

	/** Copies the `length` bytes of a chain to the front of `into`, which is at least 3 bytes longer. */
	read(first: number, length: number, into: Uint8Array): void {
		let piece = first;
		for (let at = 0; at < length; at += PER_PIECE) {
			this.#into.copy(this.#words, piece * WORDS, Math.min(PER_PIECE, length - at), into, at);
			piece = this.#slabs.next(piece);
		}
	}

	/** As {@link Slabs.fetch}. */
	fetch(pieces: Int32Array, count: number): void {
		this.#slabs.fetch(pieces, count);
	}

	release(first: number): void {
		this.#slabs.release(first);
	}
}
