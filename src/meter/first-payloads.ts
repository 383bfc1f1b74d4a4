import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";
import { WordReader, WordWriter } from "./unaligned-words.ts";

/** A predicate of payload `bytes[begin … end)`. */
export type PayloadPredicate = (bytes: Uint8Array, begin: number, end: number) => boolean;

/** Most bytes of `IDP_CONTENT`. */
export const PAYLOAD_LIMIT = 100;
/** Its words and the link. */
const WORDS = (PAYLOAD_LIMIT >> 2) + 1;
const LINK = WORDS - 1;

/** The first payloads of all flows, each in a piece of memory of the maximum size. */
export class FirstPayloads {
	readonly #slabs: Slabs;
	readonly #words: Int32Array;
	readonly #from = new WordReader();
	readonly #into = [new WordWriter(), new WordWriter()] as const;

	constructor(pieces: number) {
		this.#slabs = new Slabs(pieces, WORDS << 2, LINK);
		this.#words = this.#slabs.words;
	}

	/** Whether no piece is free. */
	get isExhausted(): boolean {
		return this.#slabs.available === 0;
	}

	/** A piece with `source[begin … begin + length)`, `length` at most {@link PAYLOAD_LIMIT}. */
	store(source: Uint8Array, begin: number, length: number): number {
		const piece = this.#slabs.claim();
		this.#from.copy(source, begin, length, this.#words, piece * WORDS);
		return piece;
	}

	/** Whether the first `length` bytes of a piece satisfy the predicate. */
	satisfies(piece: number, length: number, predicate: PayloadPredicate): boolean {
		const begin = piece * (WORDS << 2);
		return predicate(this.#slabs.bytes, begin, begin + length);
	}

	/**
	 * Appends the content of a piece to the flow that `into` is building. `reverse`: the column, 1 for the direction
	 * back, else 0.
	 */
	write(piece: number, length: number, reverse: number, into: ListColumnBuilder<Uint8Array>): void {
		if (length > 0) this.#into[reverse]!.append(this.#words, piece * WORDS, length, into);
	}

	/** Like {@link Slabs.fetch}. */
	fetch(pieces: Int32Array, count: number): void {
		this.#slabs.fetch(pieces, count);
	}

	release(piece: number): void {
		this.#slabs.release(piece);
	}
}
