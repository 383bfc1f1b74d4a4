/** Reads tokens of JSON without escapes and without allocation; `readCutJson` reads everything else. */

export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const QUOTE = 0x22;
export const COLON = 0x3a;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const BACKSLASH = 0x5c;
const POINT = 0x2e;

/** Longer than any number that a miner sends (20 digits). */
export const MAX_LITERAL = 40;

/** The beginning of the last string read, and whether its closing quote was seen. */
export let textBegin = 0;
export let textIsWhole = false;

/**
 * Reads the string at `at`. Returns the index after it, `end` if it is cut, or -1 if there is none or it has an escape.
 */
export function readText(bytes: Uint8Array, at: number, end: number): number {
	if (at >= end || bytes[at] !== QUOTE) return -1;
	textBegin = at + 1;
	for (let i = textBegin; i < end; i++) {
		const byte = bytes[i]!;
		if (byte === QUOTE) {
			textIsWhole = true;
			return i + 1;
		}
		if (byte === BACKSLASH) return -1;
	}
	textIsWhole = false;
	return end;
}

/**
 * Reads a plain number, `true`, `false` or `null`; returns the index after it, or -1. The caller checks the
 * next byte: a blank, a comma or a closing bracket.
 */
export function readLiteral(bytes: Uint8Array, at: number, end: number): number {
	const first = bytes[at]!;
	if (first === NULL[0] || first === TRUE[0] || first === FALSE[0]) {
		const word = first === NULL[0] ? NULL : first === TRUE[0] ? TRUE : FALSE;
		const wordEnd = at + word.length;
		return wordEnd <= end && isText(bytes, at, wordEnd, word) ? wordEnd : -1;
	}
	const digits = first === MINUS ? at + 1 : at;
	let points = 0;
	let i = digits;
	for (; i < end; i++) {
		if (isDigit(bytes[i]!)) continue;
		if (bytes[i] !== POINT || i === digits) break;
		points++;
	}
	return i === digits || i - at > MAX_LITERAL || points > 1 ? -1 : i;
}

/** Whether a literal with this first byte is `null`. */
export function beginsNull(byte: number): boolean {
	return byte === NULL[0];
}

export function isDigit(byte: number): boolean {
	return byte >= 0x30 && byte <= 0x39;
}

export function isText(bytes: Uint8Array, begin: number, end: number, text: Uint8Array): boolean {
	if (end - begin !== text.length) return false;
	for (let k = 0; k < text.length; k++) if (bytes[begin + k] !== text[k]) return false;
	return true;
}

export function ascii(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const NULL = ascii("null");
const TRUE = ascii("true");
const FALSE = ascii("false");
