/**
 * Finds, without allocation, whether a name contains any of a list of words: a quick rejection before the judgement. A
 * table of 2¹⁵ bits (five bits per letter, case-insensitive) marks the first three letters of every word; only after a
 * hit are the words with these letters compared.
 */
export class TellingWords {
	/** A bit for each trigram that begins a word: 4 KB, which fit into the first-level cache, unlike 64 KB. */
	readonly #marks = new Uint32Array(1 << 10);
	readonly #firstOfTrigram = new Uint16Array(1 << 15);
	readonly #next: Uint16Array;
	readonly #offsets: Uint32Array;
	readonly #letters: Uint8Array;

	/**
	 * Words of at least three bytes in lower case. A word of three letters counts only at the edge of a run of letters.
	 */
	constructor(words: readonly string[]) {
		this.#next = new Uint16Array(words.length + 1);
		this.#offsets = new Uint32Array(words.length + 2);
		this.#letters = new TextEncoder().encode(words.join(""));
		let offset = 0;
		for (const [i, word] of words.entries()) {
			const trigram = trigramAt(this.#letters, offset);
			this.#next[i + 1] = this.#firstOfTrigram[trigram]!;
			this.#firstOfTrigram[trigram] = i + 1;
			this.#marks[trigram >> 5]! |= 1 << trigram;
			this.#offsets[i + 1] = offset;
			offset += word.length;
			this.#offsets[i + 2] = offset;
		}
	}

	occurIn(bytes: Uint8Array, begin: number, end: number): boolean {
		if (end - begin < 3) return false;
		const marks = this.#marks;
		let trigram = ((bytes[begin]! & 31) << 5) | (bytes[begin + 1]! & 31);
		for (let i = begin + 2; i < end; i++) {
			trigram = ((trigram << 5) | (bytes[i]! & 31)) & 0x7fff;
			if (((marks[trigram >> 5]! >>> trigram) & 1) === 1 && this.#beginsAt(trigram, bytes, begin, i - 2, end))
				return true;
		}
		return false;
	}

	#beginsAt(trigram: number, bytes: Uint8Array, begin: number, at: number, end: number): boolean {
		let word = this.#firstOfTrigram[trigram]!;
		while (word !== 0 && !this.#standsAt(word, bytes, begin, at, end)) word = this.#next[word]!;
		return word !== 0;
	}

	#standsAt(word: number, bytes: Uint8Array, begin: number, at: number, end: number): boolean {
		const first = this.#offsets[word]!;
		const length = this.#offsets[word + 1]! - first;
		if (at + length > end) return false;
		for (let k = 0; k < length; k++) if (lowerCase(bytes[at + k]!) !== this.#letters[first + k]) return false;
		if (length > 3) return true;
		return at === begin || !isLetter(bytes[at - 1]!) || at + 3 === end || !isLetter(bytes[at + 3]!);
	}
}

function trigramAt(bytes: Uint8Array, at: number): number {
	return ((bytes[at]! & 31) << 10) | ((bytes[at + 1]! & 31) << 5) | (bytes[at + 2]! & 31);
}

function lowerCase(byte: number): number {
	return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

function isLetter(byte: number): boolean {
	const letter = byte | 0x20;
	return letter >= 0x61 && letter <= 0x7a;
}
