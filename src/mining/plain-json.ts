/** Tokens of JSON without escapes, read without an allocation; what is unusual is left to `readCutJson`. */

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

/** Of the string read last: where it began, and whether its closing quote was seen. */
export let textBegin = 0;
export let textIsWhole = false;

/** Reads the string at `at`; gives the index behind it, or the end where it is cut, or -1 where there is none or one with an escape. */
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
 * Reads a plain number, `true`, `false` or `null`; gives the index behind it, or -1. What may follow is seen to by the
 * caller: a blank, a comma or a closing bracket.
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

/** Whether a literal that begins so is `null`. */
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
