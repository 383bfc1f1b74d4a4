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

/** What a first glance says of bytes. */
export const GLANCE = { UNCLEAR: 0, MINING: 1, NOT_MINING: 2 } as const;
export type Glance = (typeof GLANCE)[keyof typeof GLANCE];

/**
 * Whether the JSON in these bytes would be recognised, where that is plain to see: yes for the messages that miners and
 * pools exchange all day long (`mining.*` and Ethereum's calls, Monero's `submit`, `job` and `keepalived`, its pools' reply to a share), of
 * which the first counts; no for messages none of which has a member that could tell. It reads JSON without escapes and
 * allocates nothing, so that a link full of miners, or of anybody's JSON, is decided as fast as any other; what is
 * unusual is unclear, and left to the recogniser.
 */
export function glance(bytes: Uint8Array, begin: number, end: number): Glance {
	if (end - begin > MOST_BYTES) return GLANCE.UNCLEAR;
	let at = begin;
	do {
		if (at >= end || bytes[at] !== OPEN_OBJECT) return GLANCE.UNCLEAR;
		const behind = readMessage(bytes, at, end);
		if (behind < 0) return GLANCE.UNCLEAR;
		if (at === begin && isMessageOfMining()) return GLANCE.MINING;
		if (mayTell()) return GLANCE.UNCLEAR;
		at = skipBlank(bytes, behind, end);
	} while (at < end);
	return GLANCE.NOT_MINING;
}

/** Bytes that the recogniser looks at; a longer payload it cuts, so that is left to it. What a miner says, it says in the first message. */
export const MOST_BYTES = 4096;
const MAX_DEPTH = 12;

/** A number, null, an object and its `OK`: what tells a reply to a share. */
const REPLY = MESSAGE_ID | ERROR | RESULT | STATUS;

/** Of the message at hand: the members that were seen, and those whose (first) value is of the right form. */
let seen = NOTHING;
let telling = NOTHING;
let method = NO_METHOD;
let paramsAreListOrNull = false;
/** The parameters or the result, while they are read; the bytes may end in them. */
let openMember = NOTHING;
/** The message's closing brace was seen. */
let isWhole = false;
/** There is a text as method, a container as result or error, or an identifier; a text beside parameters; parameters. */
let tells = false;
let tellsWithParams = false;
let hasParams = false;

/** 1 for each open container that is an object, by depth. */
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
 * Whether the message has what one of the recognisers wants, each of which wants a text as its method, type, identifier or
 * worker, or a container as its result or error; beside the type and the worker, parameters.
 */
function mayTell(): boolean {
	return tells || (tellsWithParams && hasParams);
}

/** Reads the object at `begin`; gives where it or the bytes end, -1 where it is not plainly well-formed. */
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
		// Of two members with one name only the first is one.
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

/** Which telling member a name is. */
function memberNamed(bytes: Uint8Array, begin: number, end: number, depth: number): number {
	if (depth === 1) return memberOfMessage(bytes, begin, end);
	if (depth > 2) return NOTHING;
	if (openMember === PARAMS) return memberOfParams(bytes, begin, end);
	return openMember === RESULT ? memberOfResult(bytes, begin, end) : NOTHING;
}

/** A container that is a member's value; `member` is nothing where there was one of the name before. */
function openContainer(bracket: number, named: number, member: number): void {
	if (named === RESULT || named === ERROR || named === ALONE || named === METHOD) tells = true;
	else if (named === PARAMS) hasParams = true;
	if (member !== PARAMS && member !== RESULT) return;
	if (bracket === OPEN_OBJECT) telling |= member;
	if (member === PARAMS) paramsAreListOrNull = bracket === OPEN_ARRAY;
	openMember = member;
}

/** What the string that is a member's value tells. */
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

/** Hexadecimal digits: an even number, at least `least`; where the bytes end in them, any number from `seen`. */
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
