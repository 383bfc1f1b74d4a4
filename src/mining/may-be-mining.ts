import { isBlank, skipBlank } from "./blank.ts";
import { mayBeChunked } from "./chunked-body.ts";
import { mayBeDuinoCoin } from "./duino-coin.ts";
import { beginsLikeHttp, lineFeedFrom, mayBeTellingField } from "./http-head.ts";
import { mayBeMiningPath } from "./mining-paths.ts";
import { MAY_BE_PREAMBLE, preambleEnd, showsMoreThanRecord } from "./preamble.ts";
import { MOST_BYTES, QUICK_DECISION, quickDecision } from "./quick-decision.ts";
import { mayBeStratumV2 } from "./stratum-v2.ts";
import { mayBeWebSocketJson } from "./websocket-frames.ts";

/**
 * Whether `recogniseMining` may recognise these bytes. It has no false negatives and rejects nearly everything else.
 * Allocates nothing. The first byte, or the first byte that is not text, decides most payloads (TLS, DNS, QUIC).
 */
export function mayBeMining(bytes: Uint8Array, begin: number, end: number): boolean {
	const kind = MAY_BEGIN[bytes[begin]!]!;
	if (kind === NEVER || end - begin < LEAST_LENGTH) return false;
	if (kind === RECORD && !showsMoreThanRecord(bytes, begin, end)) return false;
	return mayBeMessage(bytes, begin, end);
}

/** Shorter payloads contain no evidence. */
const LEAST_LENGTH = 8;

const NEVER = 0;
const PERHAPS = 1;
/** The first byte of a TLS record, which may be followed by another protocol. */
const RECORD = 2;

/**
 * First bytes of payloads that may contain a mining message: Stratum V2's zero, blanks and printable text, WebSocket's
 * text and binary frames, and preambles.
 */
const MAY_BEGIN = Uint8Array.from({ length: 256 }, (_, byte) => {
	if (byte >= 0x14 && byte <= 0x17) return RECORD;
	const isText = isBlank(byte) || (byte >= 0x20 && byte <= 0x7e);
	return isText || byte === 0x81 || byte === 0x82 || MAY_BE_PREAMBLE[byte] === 1 ? PERHAPS : NEVER;
});

function mayBeMessage(bytes: Uint8Array, begin: number, end: number): boolean {
	if (MAY_BE_PREAMBLE[bytes[begin]!] === 1) {
		const start = preambleEnd(bytes, begin, Math.min(end, begin + MOST_BYTES));
		if (start !== begin) return start < end && mayBeBareMessage(bytes, start, end);
	}
	return mayBeBareMessage(bytes, begin, end);
}

function mayBeBareMessage(bytes: Uint8Array, begin: number, end: number): boolean {
	const first = bytes[begin]!;
	if (first === 0) return mayBeStratumV2(bytes, begin, end);
	if (first >= 0x80) return mayBeWebSocketJson(bytes, begin, end);
	if (beginsLikeHttp(bytes, begin, end)) return mayBeMiningHttp(bytes, begin, end);
	if (mayBeJson(bytes, begin, end)) return true;
	// A hash in lower case, or the J of JOB.
	const mayBeDuino = first === 0x4a || (first >= 0x30 && first <= 0x39) || (first >= 0x61 && first <= 0x66);
	return mayBeDuino && mayBeDuinoCoin(bytes, begin, end);
}

/**
 * A brace or bracket with a possible next character, or the tail of a message: text up to a quote with punctuation
 * before or after it. Both need a member name: a message without one contains no evidence.
 */
function mayBeJson(bytes: Uint8Array, begin: number, end: number): boolean {
	const start = skipBlank(bytes, begin, end);
	if (start === end) return false;
	const first = bytes[start]!;
	if (first === 0x7b || first === 0x5b) {
		const next = skipBlank(bytes, start + 1, end);
		if (next === end || !(first === 0x5b || bytes[next] === 0x22 || isPunctuation(bytes[next]!))) return false;
		return showsName(bytes, next, end);
	}
	const quote = firstQuote(bytes, start, end);
	const next = quote < 0 ? end : skipBlank(bytes, quote + 1, end);
	if (next === end) return false;
	const isTail = isPunctuation(bytes[next]!) || isPunctuation(first) || quote === start || isDigitOrLetter(first);
	return isTail && showsName(bytes, quote, end);
}

/** Index of the first quote; -1 if there is none, or if a byte before it is not text. */
function firstQuote(bytes: Uint8Array, begin: number, end: number): number {
	for (let i = begin; i < end; i++) {
		while (i < end && IS_PLAIN[bytes[i]!] === 1) i++;
		if (i >= end) return -1;
		if (bytes[i] === 0x22) return i;
		if (bytes[i] !== 0x5c) return -1;
		i++;
	}
	return -1;
}

/** 1 for text bytes other than quote and backslash. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
	isBlank(byte) || (byte >= 0x20 && byte <= 0x7e && byte !== 0x22 && byte !== 0x5c) ? 1 : 0,
);

/** Whether the bytes contain a quote that is followed by a colon, with optional blanks between them. */
function showsName(bytes: Uint8Array, begin: number, end: number): boolean {
	for (let i = begin; i < end; i++) {
		if (bytes[i] !== 0x3a) continue;
		let before = i - 1;
		while (before > begin && isBlank(bytes[before]!)) before--;
		if (before >= begin && bytes[before] === 0x22) return true;
	}
	return false;
}

/** A path of a mining interface, a line that may be a relevant header field, or a body that may be mining. */
function mayBeMiningHttp(bytes: Uint8Array, begin: number, end: number): boolean {
	if (bytes[begin] !== 0x48 && mayBeMiningPath(bytes, begin, end)) return true;
	for (let i = lineFeedFrom(bytes, begin, end); i < end - 1; i = lineFeedFrom(bytes, i + 1, end)) {
		const next = bytes[i + 1]!;
		if (next === 0x0d || next === 0x0a) {
			const body = next === 0x0d ? i + 3 : i + 2;
			return body < end && mayBeMiningBody(bytes, begin, body, end);
		}
		if (mayBeTellingField(bytes, i + 1, end)) return true;
	}
	return false;
}

/** JSON (plain or in chunks) that the quick decision does not rule out, or WebSocket frames. */
function mayBeMiningBody(bytes: Uint8Array, begin: number, body: number, end: number): boolean {
	if (bytes[body]! >= 0x80) return mayBeWebSocketJson(bytes, body, end);
	if (mayBeChunked(bytes, body, end)) return true;
	return mayBeJson(bytes, body, end) && !isPlainlyOther(bytes, begin, body, end);
}

/** Whether a complete body contains no mining message; then the head need not be read a second time. */
function isPlainlyOther(bytes: Uint8Array, begin: number, body: number, end: number): boolean {
	return end - begin <= MOST_BYTES && quickDecision(bytes, body, end) === QUICK_DECISION.NOT_MINING;
}

function isPunctuation(byte: number): boolean {
	return byte === 0x2c || byte === 0x3a || byte === 0x5d || byte === 0x7d;
}

function isDigitOrLetter(byte: number): boolean {
	return (
		(byte >= 0x30 && byte <= 0x39) ||
		(byte >= 0x61 && byte <= 0x7a) ||
		byte === 0x2d ||
		byte === 0x2b ||
		byte === 0x2e ||
		byte === 0x45
	);
}
