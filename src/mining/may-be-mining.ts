import { isBlank, skipBlank } from "./blank.ts";
import { GLANCE, glance, MOST_BYTES } from "./first-glance.ts";
import { beginsLikeHttp, lineFeedFrom, mayBeTellingField } from "./http-head.ts";
import { mayBeStratumV2 } from "./stratum-v2.ts";
import { mayBeWebSocketJson } from "./websocket-frames.ts";

/**
 * Whether `recogniseMining` could recognise these bytes: never no where it would say yes, and no for nearly everything
 * else. Allocates nothing; most payloads (TLS, DNS, QUIC) are settled by their first byte or the first that is not text.
 */
export function mayBeMining(bytes: Uint8Array, begin: number, end: number): boolean {
	return end - begin >= LEAST_LENGTH && MAY_BEGIN[bytes[begin]!] === 1 && mayBeMessage(bytes, begin, end);
}

/** Shorter payloads show nothing. */
const LEAST_LENGTH = 8;

/** Bytes that a mining message may begin with: Stratum V2's zero, blanks and printable text, WebSocket's text and binary frames. */
const MAY_BEGIN = Uint8Array.from({ length: 256 }, (_, byte) =>
	byte === 0 || isBlank(byte) || (byte >= 0x20 && byte <= 0x7e) || byte === 0x81 || byte === 0x82 ? 1 : 0,
);

function mayBeMessage(bytes: Uint8Array, begin: number, end: number): boolean {
	const first = bytes[begin]!;
	if (first === 0) return mayBeStratumV2(bytes, begin, end);
	if (first >= 0x80) return mayBeWebSocketJson(bytes, begin, end);
	if (beginsLikeHttp(bytes, begin, end)) return mayBeMiningHttp(bytes, begin, end);
	return mayBeJson(bytes, begin, end);
}

/**
 * A brace or bracket and what may follow it, or the tail of a message: text up to a quote that punctuation follows or
 * precedes; and a member's name in it, without which no message says anything.
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

/** Index of the first quote, -1 where there is none or something that is no text stands before it. */
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

/** 1 for text that is neither a quote nor a backslash. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
	isBlank(byte) || (byte >= 0x20 && byte <= 0x7e && byte !== 0x22 && byte !== 0x5c) ? 1 : 0,
);

/** Whether a quote stands somewhere with a colon behind it, blanks between them aside. */
function showsName(bytes: Uint8Array, begin: number, end: number): boolean {
	for (let i = begin; i < end; i++) {
		if (bytes[i] !== 0x3a) continue;
		let before = i - 1;
		while (before > begin && isBlank(bytes[before]!)) before--;
		if (before >= begin && bytes[before] === 0x22) return true;
	}
	return false;
}

/** A line that begins like one of the fields that tell, or a body that begins like JSON and is not plainly something else. */
function mayBeMiningHttp(bytes: Uint8Array, begin: number, end: number): boolean {
	for (let i = lineFeedFrom(bytes, begin, end); i < end - 1; i = lineFeedFrom(bytes, i + 1, end)) {
		const next = bytes[i + 1]!;
		if (next === 0x0d || next === 0x0a) {
			const body = next === 0x0d ? i + 3 : i + 2;
			return body < end && mayBeJson(bytes, body, end) && !isPlainlyOther(bytes, begin, body, end);
		}
		if (mayBeTellingField(bytes, i + 1, end)) return true;
	}
	return false;
}

/** Whether a body that the recogniser looks at whole says nothing of mining, for which the head need not be read a second time. */
function isPlainlyOther(bytes: Uint8Array, begin: number, body: number, end: number): boolean {
	return end - begin <= MOST_BYTES && glance(bytes, body, end) === GLANCE.NOT_MINING;
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
