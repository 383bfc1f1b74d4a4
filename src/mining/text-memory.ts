/**
 * A cache of values derived from texts, keyed by their bytes: a repeated text costs a hash and a comparison instead of
 * decoding and processing. Each hash keeps only its last text, so memory is bounded for any input.
 */
export class TextMemory<T> {
	readonly #texts: (string | undefined)[];
	readonly #values: (T | undefined)[];
	readonly #make: (text: string) => T;

	/** `slots`: the number of texts, a power of two; `make` receives a text as Latin-1. */
	constructor(slots: number, make: (text: string) => T) {
		this.#texts = new Array(slots).fill(undefined);
		this.#values = new Array(slots).fill(undefined);
		this.#make = make;
	}

	/** The value that `make` returns for the bytes `[begin … end)`. */
	of(bytes: Uint8Array, begin: number, end: number): T {
		let hash = end - begin;
		for (let at = begin; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
		const slot = (hash ^ (hash >>> 15)) & (this.#texts.length - 1);
		const known = this.#texts[slot];
		if (known !== undefined && isText(known, bytes, begin, end)) return this.#values[slot] as T;
		const text = latin1(bytes, begin, end);
		const value = this.#make(text);
		this.#texts[slot] = text;
		this.#values[slot] = value;
		return value;
	}
}

export function latin1(bytes: Uint8Array, begin: number, end: number): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin).toString("latin1");
}

function isText(text: string, bytes: Uint8Array, begin: number, end: number): boolean {
	if (text.length !== end - begin) return false;
	for (let k = 0; k < text.length; k++) if (text.charCodeAt(k) !== bytes[begin + k]) return false;
	return true;
}
