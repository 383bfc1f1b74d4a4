/**
 * The original's two Stratum expressions over a payload, decided as RE2 decides them, in one pass over the bytes.
 *
 * The first (`R1`) looks anywhere for `params":`, `mining.set`, `mining.not`, or one of `"jsonrpc":` `"method":`
 * `"worker":` followed by at most one white space (RE2's: tab, line feed, form feed, carriage return, space) and a
 * quotation mark.
 *
 * The second (`R2`) is a repeated group of three alternatives with greedy gaps, after which all three captures must be
 * set. RE2 keeps captures of earlier repetitions (JavaScript's engine forgets them), so no engine at hand answers as it
 * does. Its first match has a closed form over the tokens I = `"id`, R = `result`, E = `error":`. A token reaches the
 * tokens behind it on its own line, or on the next one if it is an E with a line feed right behind it (the expression's
 * optional white space eats that). The match begins at the leftmost token that reaches a token that reaches one; its
 * middle is the last such token that it reaches, its end the last token that the middle reaches. R2 holds where the
 * three are one I, one R and one E; later matches are never asked for.
 */
export function containsStratum(bytes: Uint8Array, begin: number, end: number): boolean {
	return mayContainStratum(bytes, begin, end) && searchStratum(bytes, begin, end);
}

/**
 * Quick rejection: both expressions need a quotation mark directly followed by a colon, or `mining.`. One of two
 * neighbours is at an odd index, so only every second byte is checked, four at a time.
 */
function mayContainStratum(bytes: Uint8Array, begin: number, end: number): boolean {
	let at = begin + 1;
	for (; at + 6 < end; at += 8) {
		const marks = MARKS[bytes[at]!]! | MARKS[bytes[at + 2]!]! | MARKS[bytes[at + 4]!]! | MARKS[bytes[at + 6]!]!;
		if (marks !== 0 && hasPair(bytes, at, at + 8, end)) return true;
	}
	return hasPair(bytes, at, end, end);
}

/** Whether one of every second byte in `[from … to)` and a neighbour of it are `":` or `g.`. */
function hasPair(bytes: Uint8Array, from: number, to: number, end: number): boolean {
	for (let at = from; at < to; at += 2) {
		const byte = bytes[at];
		const isSecond = (byte === COLON && bytes[at - 1] === QUOTE) || (byte === POINT && bytes[at - 1] === LETTER_G);
		if (isSecond) return true;
		if (at + 1 >= end) return false;
		const isFirst = (byte === QUOTE && bytes[at + 1] === COLON) || (byte === LETTER_G && bytes[at + 1] === POINT);
		if (isFirst) return true;
	}
	return false;
}

/** The expressions themselves. */
export function searchStratum(bytes: Uint8Array, begin: number, end: number): boolean {
	let line = 0;
	tokenCount = 0;
	for (let at = begin; at < end; at++) {
		switch (bytes[at]) {
			case LINE_FEED:
				line++;
				break;
			case 0x70: // p
				if (isAt(PARAMS, bytes, at, end)) return true;
				break;
			case 0x6d: // m
				if (isAt(MINING_SET, bytes, at, end) || isAt(MINING_NOT, bytes, at, end)) return true;
				break;
			case QUOTE:
				if (isTextMember(bytes, at, end)) return true;
				if (isAt(ID, bytes, at, end)) addToken(IS_I, line, line);
				break;
			case 0x72: // r
				if (isAt(RESULT, bytes, at, end)) addToken(IS_R, line, line);
				break;
			case 0x65: // e
				if (isAt(ERROR, bytes, at, end)) {
					const behind = at + ERROR.length;
					addToken(IS_E, line, behind < end && bytes[behind] === LINE_FEED ? line + 1 : line);
				}
				break;
		}
	}
	return tokenCount >= 3 && firstMatchHasAll();
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COLON = 0x3a;
const POINT = 0x2e;
const LETTER_G = 0x67;
/** 1 for the bytes that {@link mayContainStratum} looks for. */
const MARKS = Uint8Array.from({ length: 256 }, (_, byte) => ([QUOTE, COLON, LETTER_G, POINT].includes(byte) ? 1 : 0));
const IS_I = 1;
const IS_R = 2;
const IS_E = 4;

const PARAMS = asciiBytes('params":');
const MINING_SET = asciiBytes("mining.set");
const MINING_NOT = asciiBytes("mining.not");
const TEXT_MEMBERS = ['"jsonrpc":', '"method":', '"worker":'].map(asciiBytes);
const ID = asciiBytes('"id');
const RESULT = asciiBytes("result");
const ERROR = asciiBytes('error":');

/** Tokens of the current payload: their kind, their line, and the line on which they reach others. */
let tokens = new Int32Array(3 * 256);
let tokenCount = 0;

function addToken(kind: number, line: number, reachedLine: number): void {
	if (3 * tokenCount === tokens.length) {
		const grown = new Int32Array(tokens.length * 2);
		grown.set(tokens);
		tokens = grown;
	}
	const at = 3 * tokenCount++;
	tokens[at] = kind;
	tokens[at + 1] = line;
	tokens[at + 2] = reachedLine;
}

/** The last token of the range k + 1 … last of one line that token k reaches, or k if it reaches none. */
function lastReachedBy(k: number): number {
	const line = tokens[3 * k + 2];
	let last = k;
	while (last + 1 < tokenCount && tokens[3 * last + 4] === line) last++;
	return last;
}

function firstMatchHasAll(): boolean {
	// A start that fails reaches at most one token, so the search visits each token a constant number of times.
	for (let start = 0; start + 2 < tokenCount; start++) {
		const reached = lastReachedBy(start);
		if (reached === start) continue;
		// The last token of a line reaches another only over a line feed; every other reaches its right neighbour.
		const middle = lastReachedBy(reached) > reached ? reached : reached - 1;
		if (middle === start) continue;
		const last = lastReachedBy(middle);
		return (tokens[3 * start]! | tokens[3 * middle]! | tokens[3 * last]!) === (IS_I | IS_R | IS_E);
	}
	return false;
}

function isTextMember(bytes: Uint8Array, at: number, end: number): boolean {
	for (let m = 0; m < TEXT_MEMBERS.length; m++) {
		const member = TEXT_MEMBERS[m]!;
		if (!isAt(member, bytes, at, end)) continue;
		let behind = at + member.length;
		if (behind < end && isRe2Space(bytes[behind]!)) behind++;
		return behind < end && bytes[behind] === QUOTE;
	}
	return false;
}

function isRe2Space(byte: number): boolean {
	return byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === 0x0c || byte === 0x0d;
}

function isAt(text: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean {
	if (at + text.length > end) return false;
	for (let k = 1; k < text.length; k++) if (bytes[at + k] !== text[k]) return false;
	return true;
}

function asciiBytes(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
