import { skipBlank } from "./blank.ts";

/**
 * Whether `recogniseMining` would recognise these bytes, for the messages that miners and pools exchange all day long:
 * `mining.*` calls, Monero's `submit`, `job` and `keepalived`, and its pools' reply to a share. True only where it would; false says nothing. It reads
 * plain JSON without escapes and allocates nothing, so that a link full of miners is decided as fast as any other; what
 * is escaped or unusual is left to the recogniser. Only the first message counts: nothing behind it takes it away.
 */
export function surelyMining(bytes: Uint8Array, begin: number, end: number): boolean {
	if (begin === end || bytes[begin] !== OPEN_OBJECT || end - begin > MAX_LENGTH) return false;
	seen = 0;
	telling = 0;
	method = NO_METHOD;
	openMember = NOTHING;
	isWhole = false;
	if (!readMessage(bytes, begin, end)) return false;
	const paramsAreObject = (telling & PARAMS) !== 0;
	const paramsAreOpen = openMember === PARAMS;
	switch (method) {
		case CALL:
			return (seen & PARAMS) === 0 || paramsAreObject || paramsAreListOrNull;
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
 * Whether `recogniseMining` would surely not recognise these bytes: messages with nothing but numbers, `true`, `false` and
 * `null` in them. `{"id":4,"result":true,"error":null}` is what pools say most, and every other JSON-RPC server too.
 */
export function surelyNotMining(bytes: Uint8Array, begin: number, end: number): boolean {
	let at = begin;
	do {
		if (bytes[at] !== OPEN_OBJECT) return false;
		do {
			at = readText(bytes, skipBlank(bytes, at + 1, end), end);
			if (at < 0 || !textIsWhole) return false;
			at = skipBlank(bytes, at, end);
			if (at >= end || bytes[at] !== COLON) return false;
			at = skipBlank(bytes, at + 1, end);
			at = at < end ? readLiteral(bytes, at, end) : -1;
			if (at < 0) return false;
			at = skipBlank(bytes, at, end);
		} while (at < end && bytes[at] === COMMA);
		if (at >= end || bytes[at] !== CLOSE_OBJECT) return false;
		at = skipBlank(bytes, at + 1, end);
	} while (at < end);
	return true;
}

/** What the recogniser looks at; a longer payload it cuts, so that is left to it. */
const MAX_LENGTH = 4096;
const MAX_DEPTH = 12;
const MAX_LITERAL = 40;

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Members that tell, as bits: those of the message, four of its parameters, one of its result. */
const NOTHING = 0;
const METHOD = 1;
const PARAMS = 2;
const MESSAGE_ID = 4;
const JSONRPC = 8;
const RESULT = 16;
const ERROR = 32;
const JOB_ID = 64;
const ID = 128;
const NONCE = 256;
const BLOB = 512;
const STATUS = 1024;
/** Any other member of the message or its result. */
const OTHER = 2048;

/** A number, null, an object and its `OK`: what tells a reply to a share. */
const REPLY = MESSAGE_ID | ERROR | RESULT | STATUS;

/** What the method is. */
const NO_METHOD = 0;
const CALL = 1;
const SUBMIT = 2;
const JOB = 3;
const KEEPALIVED = 4;

/** Of the message at hand: the members that were seen, and those whose (first) value is of the right form. */
let seen = NOTHING;
let telling = NOTHING;
let method = NO_METHOD;
let paramsAreListOrNull = false;
/** The parameters or the result, while they are read; the bytes may end in them. */
let openMember = NOTHING;
/** The message's closing brace was seen. */
let isWhole = false;

/** Of the string read last: where it began, and whether its closing quote was seen. */
let textBegin = 0;
let textIsWhole = false;

/** 1 for each open container that is an object, by depth. */
const isObjectAt = new Uint8Array(MAX_DEPTH + 1);

/** Reads the object at `begin` to its end or that of the bytes; false where it is not plainly well-formed. */
function readMessage(bytes: Uint8Array, begin: number, end: number): boolean {
	let depth = 1;
	let needsComma = false;
	isObjectAt[depth] = 1;
	let at = skipBlank(bytes, begin + 1, end);
	for (; at < end; at = skipBlank(bytes, at, end)) {
		const byte = bytes[at]!;
		if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
			if ((isObjectAt[depth] === 1) !== (byte === CLOSE_OBJECT)) return false;
			if (--depth === 0) {
				isWhole = true;
				return true;
			}
			if (depth === 1) openMember = NOTHING;
			needsComma = true;
			at++;
			continue;
		}
		if (needsComma) {
			if (byte !== COMMA) return false;
			needsComma = false;
			at++;
			continue;
		}
		let member = NOTHING;
		if (isObjectAt[depth] === 1) {
			at = readText(bytes, at, end);
			if (at < 0) return false;
			if (!textIsWhole) return true;
			member = firstMember(bytes, textBegin, at - 1, depth);
			at = skipBlank(bytes, at, end);
			if (at >= end) return true;
			if (bytes[at] !== COLON) return false;
			at = skipBlank(bytes, at + 1, end);
			if (at >= end) return true;
		}
		seen |= member;
		const first = bytes[at]!;
		if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
			if (depth === MAX_DEPTH) return false;
			isObjectAt[++depth] = first === OPEN_OBJECT ? 1 : 0;
			if (member === PARAMS || member === RESULT) openContainer(first, member);
			at++;
		} else if (first === QUOTE) {
			at = readText(bytes, at, end);
			if (at < 0) return false;
			tellText(bytes, textBegin, textIsWhole ? at - 1 : at, member);
			needsComma = true;
		} else {
			if (member !== NOTHING) tellLiteral(first, member);
			at = readLiteral(bytes, at, end);
			if (at < 0) return false;
			needsComma = true;
		}
	}
	return true;
}

function openContainer(bracket: number, member: number): void {
	if (bracket === OPEN_OBJECT) telling |= member;
	if (member === PARAMS) paramsAreListOrNull = bracket === OPEN_ARRAY;
	openMember = member;
}

function tellLiteral(first: number, member: number): void {
	if (member === PARAMS) paramsAreListOrNull = first === NULL[0];
	else if (member === MESSAGE_ID && (isDigit(first) || first === MINUS)) telling |= MESSAGE_ID;
	else if (member === ERROR && first === NULL[0]) telling |= ERROR;
}

/** Which telling member a name is; of two with one name only the first is one. */
function firstMember(bytes: Uint8Array, begin: number, end: number, depth: number): number {
	if (depth > 2) return NOTHING;
	let member = NOTHING;
	if (depth === 1) member = memberOfMessage(bytes, begin, end);
	else if (openMember === PARAMS) member = memberOfParams(bytes, begin, end);
	else if (openMember === RESULT) member = memberOfResult(bytes, begin, end);
	return (seen & member) === 0 ? member : NOTHING;
}

function memberOfMessage(bytes: Uint8Array, begin: number, end: number): number {
	// By the first letter, so that a name is compared with one.
	switch (bytes[begin]) {
		case NAME_ID[0]:
			return isText(bytes, begin, end, NAME_ID) ? MESSAGE_ID : OTHER;
		case NAME_METHOD[0]:
			return isText(bytes, begin, end, NAME_METHOD) ? METHOD : OTHER;
		case NAME_PARAMS[0]:
			return isText(bytes, begin, end, NAME_PARAMS) ? PARAMS : OTHER;
		case NAME_JSONRPC[0]:
			return isText(bytes, begin, end, NAME_JSONRPC) ? JSONRPC : OTHER;
		case NAME_RESULT[0]:
			return isText(bytes, begin, end, NAME_RESULT) ? RESULT : OTHER;
		case NAME_ERROR[0]:
			return isText(bytes, begin, end, NAME_ERROR) ? ERROR : OTHER;
		default:
			return OTHER;
	}
}

function memberOfParams(bytes: Uint8Array, begin: number, end: number): number {
	switch (bytes[begin]) {
		case NAME_ID[0]:
			return isText(bytes, begin, end, NAME_ID) ? ID : NOTHING;
		case NAME_JOB_ID[0]:
			return isText(bytes, begin, end, NAME_JOB_ID) ? JOB_ID : NOTHING;
		case NAME_NONCE[0]:
			return isText(bytes, begin, end, NAME_NONCE) ? NONCE : NOTHING;
		case NAME_BLOB[0]:
			return isText(bytes, begin, end, NAME_BLOB) ? BLOB : NOTHING;
		default:
			return NOTHING;
	}
}

function memberOfResult(bytes: Uint8Array, begin: number, end: number): number {
	if (isText(bytes, begin, end, NAME_STATUS)) return STATUS;
	return isText(bytes, begin, end, NAME_ID) ? NOTHING : OTHER;
}

/** What the string that is a member's value tells. */
function tellText(bytes: Uint8Array, begin: number, end: number, member: number): void {
	if (member === METHOD) method = textIsWhole ? methodOf(bytes, begin, end) : NO_METHOD;
	else if (member === PARAMS) paramsAreListOrNull = false;
	else if (member === NONCE && isHexBlob(bytes, begin, end, 8, 1)) telling |= NONCE;
	else if (member === BLOB && isHexBlob(bytes, begin, end, 128, 4)) telling |= BLOB;
	else if (member === STATUS && isText(bytes, begin, end, STATUS_OK)) telling |= STATUS;
}

/** Hexadecimal digits: an even number, at least `least`; where the bytes end in them, any number from `seen`. */
function isHexBlob(bytes: Uint8Array, begin: number, end: number, least: number, enough: number): boolean {
	const length = end - begin;
	if (textIsWhole ? length < least || length % 2 === 1 : length < enough) return false;
	for (let i = begin; i < end; i++) {
		const byte = bytes[i]!;
		const letter = byte | 0x20;
		if (!((byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66))) return false;
	}
	return true;
}

function methodOf(bytes: Uint8Array, begin: number, end: number): number {
	if (bytes[begin] === 0x6d) {
		for (let c = 0; c < CALLS.length; c++) if (isText(bytes, begin, end, CALLS[c]!)) return CALL;
		return NO_METHOD;
	}
	if (isText(bytes, begin, end, METHOD_SUBMIT)) return SUBMIT;
	if (isText(bytes, begin, end, METHOD_JOB)) return JOB;
	return isText(bytes, begin, end, METHOD_KEEPALIVED) ? KEEPALIVED : NO_METHOD;
}

/** Reads the string at `at`; gives the index behind it, or the end where it is cut, or -1 where there is none or one with an escape. */
function readText(bytes: Uint8Array, at: number, end: number): number {
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

/** Reads a plain number, `true`, `false` or `null`; gives the index behind it, or -1. */
function readLiteral(bytes: Uint8Array, at: number, end: number): number {
	let i = at;
	const first = bytes[at]!;
	if (first === NULL[0] || first === TRUE[0] || first === FALSE[0]) {
		const word = first === NULL[0] ? NULL : first === TRUE[0] ? TRUE : FALSE;
		i += word.length;
		if (i > end || !isText(bytes, at, i, word)) return -1;
	} else {
		if (first === MINUS) i++;
		const digits = i;
		while (i < end && (isDigit(bytes[i]!) || (bytes[i] === POINT && i > digits))) i++;
		if (i === digits || i - at > MAX_LITERAL || countPoints(bytes, digits, i) > 1) return -1;
	}
	// What may follow is seen to by the caller: a blank, a comma or a closing bracket.
	return i;
}

function countPoints(bytes: Uint8Array, begin: number, end: number): number {
	let points = 0;
	for (let i = begin; i < end; i++) if (bytes[i] === POINT) points++;
	return points;
}

function isDigit(byte: number): boolean {
	return byte >= 0x30 && byte <= 0x39;
}

function isText(bytes: Uint8Array, begin: number, end: number, text: Uint8Array): boolean {
	if (end - begin !== text.length) return false;
	for (let k = 0; k < text.length; k++) if (bytes[begin + k] !== text[k]) return false;
	return true;
}

function ascii(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const NULL = ascii("null");
const TRUE = ascii("true");
const FALSE = ascii("false");
const NAME_METHOD = ascii("method");
const NAME_PARAMS = ascii("params");
const NAME_ID = ascii("id");
const NAME_JSONRPC = ascii("jsonrpc");
const NAME_RESULT = ascii("result");
const NAME_ERROR = ascii("error");
const NAME_STATUS = ascii("status");
const STATUS_OK = ascii("OK");
const NAME_JOB_ID = ascii("job_id");
const NAME_NONCE = ascii("nonce");
const NAME_BLOB = ascii("blob");
const METHOD_SUBMIT = ascii("submit");
const METHOD_JOB = ascii("job");
const METHOD_KEEPALIVED = ascii("keepalived");
/** Those of Stratum's methods that are heard again and again. */
const CALLS = [
	"mining.notify",
	"mining.submit",
	"mining.set_difficulty",
	"mining.subscribe",
	"mining.authorize",
	"mining.configure",
	"mining.extranonce.subscribe",
	"mining.set_extranonce",
	"mining.set_target",
	"mining.set_version_mask",
].map(ascii);
