import type { ListColumnBuilder } from "../flow/columns-builder.ts";

/** Words are copied in memory order, independent of the machine's byte order. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Copies bytes from any offset into words: for short copies a loop costs less than views of typed arrays. */
export class WordReader {
	/** The last source, and a view of it. */
	#source: Uint8Array = EMPTY;
	#view: DataView = new DataView(EMPTY.buffer);

	/**
	 * Copies `source[begin … begin + length)` to the front of `words[at …]`; unused bytes of the last word may change.
	 */
	copy(source: Uint8Array, begin: number, length: number, words: Int32Array, at: number): void {
		if (source !== this.#source) {
			this.#source = source;
			this.#view = new DataView(source.buffer, source.byteOffset, source.length);
		}
		const view = this.#view;
		const wordsEnd = begin + (length & ~3);
		let word = at;
		let from = begin;
		for (; from < wordsEnd; from += 4) words[word++] = view.getInt32(from, IS_LITTLE_ENDIAN);
		if (from < begin + length) words[word] = lastWord(source, from, begin + length);
	}
}

/** Copies words to any offset of bytes. One object per column that is written in turn. */
export class WordWriter {
	/** The last target, and a view of it. */
	#into: Uint8Array = EMPTY;
	#view: DataView = new DataView(EMPTY.buffer);

	/** Copies the first `length` bytes of `words[at …]` to `into[to …]`; up to three more bytes may change. */
	copy(words: Int32Array, at: number, length: number, into: Uint8Array, to: number): void {
		if (into !== this.#into) {
			this.#into = into;
			this.#view = new DataView(into.buffer, into.byteOffset, into.length);
		}
		const view = this.#view;
		const end = to + length;
		let word = at;
		for (let i = to; i < end; i += 4) view.setInt32(i, words[word++]!, IS_LITTLE_ENDIAN);
	}

	/** The same to the flow that `into` is building. */
	append(words: Int32Array, at: number, length: number, into: ListColumnBuilder<Uint8Array>): void {
		into.reserve(length + 3);
		this.copy(words, at, length, into.values, into.used);
		into.used += length;
	}
}

/** One to three bytes in memory order. */
function lastWord(source: Uint8Array, begin: number, end: number): number {
	let word = 0;
	for (let i = begin; i < end; i++) {
		const shift = IS_LITTLE_ENDIAN ? (i - begin) << 3 : 24 - ((i - begin) << 3);
		word |= source[i]! << shift;
	}
	return word;
}

const EMPTY = new Uint8Array(0);
