import { skipBlank } from "./blank.ts";
import {
	ALONE,
	BLOB,
	ERROR,
	ETHEREUM_CALL,
	ID,
	isTellingWord,
	JOB,
	JOB_ID,
	JSONRPC,
	KEEPALIVED,
	MESSAGE_ID,
	METHOD,
	memberOfMessage,
	memberOfParams,
	memberOfResult,
	methodOf,
	NO_METHOD,
	NONCE,
	NOTHING,
	OTHER,
	PARAMS,
	RESULT,
	STATUS,
	STRATUM_CALL,
	SUBMIT,
	WITH_PARAMS,
	WITH_WORD,
} from "./message-members.ts";
import {
	ascii,
	beginsNull,
	CLOSE_ARRAY,
	CLOSE_OBJECT,
	COLON,
	COMMA,
	isDigit,
	isText,
	MINUS,
	OPEN_ARRAY,
	OPEN_OBJECT,
	QUOTE,
	readLiteral,
	readText,
	textBegin,
	textIsWhole,
} from "./plain-json.ts";

/** Results of {@link quickDecision}. */
export const QUICK_DECISION = { UNCLEAR: 0, MINING: 1, NOT_MINING: 2 } as const;
export type QuickDecision = (typeof QUICK_DECISION)[keyof typeof QUICK_DECISION];

/**
 * Decides quickly whether the recogniser would recognise the JSON in these bytes. `MINING` if the first message is a
 * frequent one of miners and pools: `mining.*`, Ethereum's calls, Monero's `submit`, `job` and `keepalived`, and the
 * reply to a share. `NOT_MINING` if no message has a member that could indicate mining. Everything unusual is `UNCLEAR`
 * and left to the recogniser. The function reads JSON without escapes and allocates nothing, so that links full of
 * miners or of other JSON cost no more than other links.
 */
export function quickDecision(bytes: Uint8Array, begin: number, end: number): QuickDecision {
	if (end - begin > MOST_BYTES) return QUICK_DECISION.UNCLEAR;
	let at = begin;
	do {
		if (at >= end || bytes[at] !== OPEN_OBJECT) return QUICK_DECISION.UNCLEAR;
		const behind = readMessage(bytes, at, end);
		if (behind < 0) return QUICK_DECISION.UNCLEAR;
		if (at === begin && isMessageOfMining()) return QUICK_DECISION.MINING;
		if (mayTell()) return QUICK_DECISION.UNCLEAR;
		at = skipBlank(bytes, behind, end);
	} while (at < end);
	return QUICK_DECISION.NOT_MINING;
}

/** Bytes that the recogniser reads. It cuts longer payloads, so they are left to it; the first message is enough. */
export const MOST_BYTES = 4096;
const MAX_DEPTH = 12;

/** The members of a reply to a share: a number, null, an object and its `OK`. */
const REPLY = MESSAGE_ID | ERROR | RESULT | STATUS;

/** For the current message: the members that were seen, and those whose (first) value has the required form. */
let seen = NOTHING;
let telling = NOTHING;
let method = NO_METHOD;
let paramsAreListOrNull = false;
/** `PARAMS` or `RESULT` while the reader is inside them, and after it if the bytes end there. */
let openMember = NOTHING;
/** Whether the closing brace of the message was seen. */
let isWhole = false;
/**
 * `tells`: a text as method, a container as result or error, or an identifier; the others: a text that needs
 * parameters.
 */
let tells = false;
let tellsWithParams = false;
let hasParams = false;

/** By depth: 1 if the open container is an object, 0 if it is an array. */
const isObjectAt = new Uint8Array(MAX_DEPTH + 1);

function isMessageOfMining(): boolean {
	const paramsAreObject = (telling & PARAMS) !== 0;
	const paramsAreOpen = openMember === PARAMS;
	switch (method) {
		case STRATUM_CALL:
			return (seen & PARAMS) === 0 || paramsAreObject || paramsAreListOrNull;
		case ETHEREUM_CALL:
			return (seen & PARAMS) === 0 || paramsAreListOrNull;
		case SUBMIT:
			return paramsAreObject && (seen & JOB_ID) !== 0 && ((telling & NONCE) !== 0 || paramsAreOpen);
		case JOB:
			return paramsAreObject && (telling & BLOB) !== 0;
		case KEEPALIVED:
			return paramsAreObject && ((seen & ID) !== 0 || paramsAreOpen);
		default:
			return isWhole && (seen & (METHOD | PARAMS | JSONRPC | OTHER)) === JSONRPC && (telling & REPLY) === REPLY;
	}
}

/**
 * Whether the message meets the requirements of any recogniser. Each requires a text as method, type, identifier or
 * worker, or a container as result or error; those of type and worker also require parameters.
 */
function mayTell(): boolean {
	return tells || (tellsWithParams && hasParams);
}

/**
 * Reads the object at `begin`. Returns its end, or the end of the bytes if it is cut; -1 if it is not simple and
 * well-formed.
 */
function readMessage(bytes: Uint8Array, begin: number, end: number): number {
	seen = telling = openMember = NOTHING;
	method = NO_METHOD;
	isWhole = paramsAreListOrNull = tells = tellsWithParams = hasParams = false;
	let depth = 1;
	let needsComma = false;
	isObjectAt[depth] = 1;
	let at = skipBlank(bytes, begin + 1, end);
	for (; at < end; at = skipBlank(bytes, at, end)) {
		const byte = bytes[at]!;
		if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
			if ((isObjectAt[depth] === 1) !== (byte === CLOSE_OBJECT)) return -1;
			at++;
			if (--depth === 0) {
				isWhole = true;
				return at;
			}
			if (depth === 1) openMember = NOTHING;
			needsComma = true;
			continue;
		}
		if (needsComma) {
			if (byte !== COMMA) return -1;
			needsComma = false;
			at++;
			continue;
		}
		let named = NOTHING;
		if (isObjectAt[depth] === 1) {
			at = readText(bytes, at, end);
			if (at < 0) return -1;
			if (!textIsWhole) return end;
			named = memberNamed(bytes, textBegin, at - 1, depth);
			at = skipBlank(bytes, at, end);
			if (at >= end) return end;
			if (bytes[at] !== COLON) return -1;
			at = skipBlank(bytes, at + 1, end);
			if (at >= end) return end;
		}
		// If two members have the same name, only the first counts.
		const member = (seen & named) === 0 ? named : NOTHING;
		seen |= member;
		const first = bytes[at]!;
		if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
			if (depth === MAX_DEPTH) return -1;
			isObjectAt[++depth] = first === OPEN_OBJECT ? 1 : 0;
			if (depth === 2) openContainer(first, named, member);
			at++;
		} else if (first === QUOTE) {
			at = readText(bytes, at, end);
			if (at < 0) return -1;
			if (named !== NOTHING) tellText(bytes, textBegin, textIsWhole ? at - 1 : at, named, member);
			needsComma = true;
		} else {
			if (member !== NOTHING) tellLiteral(first, member);
			at = readLiteral(bytes, at, end);
			if (at < 0) return -1;
			needsComma = true;
		}
	}
	return end;
}

/** The bit of the member with this name. */
function memberNamed(bytes: Uint8Array, begin: number, end: number, depth: number): number {
	if (depth === 1) return memberOfMessage(bytes, begin, end);
	if (depth > 2) return NOTHING;
	if (openMember === PARAMS) return memberOfParams(bytes, begin, end);
	return openMember === RESULT ? memberOfResult(bytes, begin, end) : NOTHING;
}

/** A container as the value of a member; `member` is `NOTHING` if the name occurred before. */
function openContainer(bracket: number, named: number, member: number): void {
	if (named === RESULT || named === ERROR || named === ALONE || named === METHOD) tells = true;
	else if (named === PARAMS) hasParams = true;
	if (member !== PARAMS && member !== RESULT) return;
	if (bracket === OPEN_OBJECT) telling |= member;
	if (member === PARAMS) paramsAreListOrNull = bracket === OPEN_ARRAY;
	openMember = member;
}

/** Records a string that is the value of a member. */
function tellText(bytes: Uint8Array, begin: number, end: number, named: number, member: number): void {
	if (named === METHOD || named === ALONE) tells = true;
	else if (named === WITH_PARAMS) tellsWithParams = true;
	else if (named === WITH_WORD) tells ||= !textIsWhole || isTellingWord(bytes, begin, end);
	if (member === METHOD) method = textIsWhole ? methodOf(bytes, begin, end) : NO_METHOD;
	else if (member === PARAMS) paramsAreListOrNull = false;
	else if (member === NONCE && isHexBlob(bytes, begin, end, 8, 1)) telling |= NONCE;
	else if (member === BLOB && isHexBlob(bytes, begin, end, 128, 4)) telling |= BLOB;
	else if (member === STATUS && isText(bytes, begin, end, STATUS_OK)) telling |= STATUS;
}

function tellLiteral(first: number, member: number): void {
	if (member === PARAMS) paramsAreListOrNull = beginsNull(first);
	else if (member === MESSAGE_ID && (isDigit(first) || first === MINUS)) telling |= MESSAGE_ID;
	else if (member === ERROR && beginsNull(first)) telling |= ERROR;
}

/** Whether the text is an even number of hexadecimal digits, at least `least`; at least `enough` if it is cut. */
function isHexBlob(bytes: Uint8Array, begin: number, end: number, least: number, enough: number): boolean {
	const length = end - begin;
	if (textIsWhole ? length < least || length % 2 === 1 : length < enough) return false;
	for (let i = begin; i < end; i++) {
		const byte = bytes[i]!;
		const letter = byte | 0x20;
		if (!(isDigit(byte) || (letter >= 0x61 && letter <= 0x66))) return false;
	}
	return true;
}

const STATUS_OK = ascii("OK");
