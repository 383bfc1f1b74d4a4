import { lineFeedFrom } from "./http-head.ts";

/**
 * Preambles before the messages of a direction: the handshake of a proxy or the header of a record layer. All functions
 * read `bytes[begin … end)` and allocate nothing.
 */

/** The most nested preambles; each TLS-like record of a server counts as one. */
const MOST_PREAMBLES = 8;

/**
 * Index after the preambles of one direction: SOCKS 4, 4a (openssh.com/txt/socks4a.protocol) and 5 (RFC 1928, 1929),
 * HAProxy's PROXY protocol 1 and 2 (haproxy.org, proxy-protocol.txt), the request of HTTP's CONNECT (RFC 9110, 9.3.6),
 * and TLS-like records. `begin` if there is no complete preamble.
 */
export function preambleEnd(bytes: Uint8Array, begin: number, end: number): number {
	let at = begin;
	for (let i = 0; i < MOST_PREAMBLES && at < end; i++) {
		const next = behindPreamble(bytes, at, end);
		if (next === at) break;
		at = next;
	}
	return at;
}

/** 1 for the first bytes of preambles: one look-up rejects most payloads. */
export const MAY_BE_PREAMBLE = new Uint8Array(256);
for (const byte of [0, 4, 5, 0x0d, 0x14, 0x15, 0x16, 0x17, 0x43, 0x50]) MAY_BE_PREAMBLE[byte] = 1;

function behindPreamble(bytes: Uint8Array, begin: number, end: number): number {
	switch (bytes[begin]) {
		case 0:
			return behindSocks4Reply(bytes, begin, end);
		case 4:
			return behindSocks4Request(bytes, begin, end);
		case 5:
			return behindSocks5(bytes, begin, end);
		case 0x0d:
			return behindProxy2(bytes, begin, end);
		case 0x50:
			return behindProxy1(bytes, begin, end);
		case 0x43:
			return startsWith(bytes, begin, end, CONNECT) ? behindHead(bytes, begin, end) : begin;
		default:
			return behindRecord(bytes, begin, end);
	}
}

/** Version 0, a code 0x5a (granted), port and address, which are usually 0. */
function behindSocks4Reply(bytes: Uint8Array, begin: number, end: number): number {
	return end - begin > SOCKS4_HEAD && bytes[begin + 1] === 0x5a ? begin + SOCKS4_HEAD : begin;
}

const SOCKS4_HEAD = 8;

/** Version 4, command, port, address, user name and 0; SOCKS4a: address 0.0.0.x, then a host name and 0. */
function behindSocks4Request(bytes: Uint8Array, begin: number, end: number): number {
	if (end - begin <= SOCKS4_HEAD || (bytes[begin + 1] !== 1 && bytes[begin + 1] !== 2)) return begin;
	const user = zeroFrom(bytes, begin + SOCKS4_HEAD, end);
	if (user === end) return begin;
	if (!isSocks4a(bytes, begin)) return user + 1;
	const host = zeroFrom(bytes, user + 1, end);
	return host === end ? begin : host + 1;
}

export function isSocks4a(bytes: Uint8Array, begin: number): boolean {
	return bytes[begin + 4] === 0 && bytes[begin + 5] === 0 && bytes[begin + 6] === 0 && bytes[begin + 7] !== 0;
}

/** Index of the first 0 from `begin` on within the length of a name; `end` if there is none. */
export function zeroFrom(bytes: Uint8Array, begin: number, end: number): number {
	const limit = Math.min(end, begin + 256);
	for (let i = begin; i < limit; i++) if (bytes[i] === 0) return i;
	return end;
}

function behindSocks5(bytes: Uint8Array, begin: number, end: number): number {
	const request = socks5Request(bytes, begin, end);
	if (request >= 0) return behindAddress(bytes, request, end, begin);
	// The server's messages: the chosen method, the answer to a password, the reply.
	let reply = begin + 2;
	if (bytes[reply] === 1 && bytes[reply + 1] === 0) reply += 2;
	return bytes[reply] === 5 && bytes[reply + 1] === 0 && bytes[reply + 2] === 0
		? behindAddress(bytes, reply, end, begin)
		: begin;
}

/** Index of a client's SOCKS5 request, after its methods and its password; -1 if it was not seen. */
export function socks5Request(bytes: Uint8Array, begin: number, end: number): number {
	const methods = bytes[begin + 1]!;
	let at = begin + 2 + methods;
	if (methods === 0 || at + 4 > end) return -1;
	if (bytes[at] === 1) {
		at += 2 + bytes[at + 1]!;
		if (at >= end) return -1;
		at += 1 + bytes[at]!;
	}
	if (at + 4 > end || bytes[at] !== 5 || bytes[at + 2] !== 0) return -1;
	return bytes[at + 1]! >= 1 && bytes[at + 1]! <= 3 ? at : -1;
}

/**
 * Index after version, command or reply, 0, address and port; `otherwise` if the bytes are cut or the type is unknown.
 */
function behindAddress(bytes: Uint8Array, at: number, end: number, otherwise: number): number {
	const kind = bytes[at + 3];
	const length = kind === 1 ? 4 : kind === 4 ? 16 : kind === 3 && at + 4 < end ? 1 + bytes[at + 4]! : -1;
	const behind = at + 4 + length + 2;
	return length < 0 || behind > end ? otherwise : behind;
}

function behindProxy1(bytes: Uint8Array, begin: number, end: number): number {
	if (!startsWith(bytes, begin, end, PROXY_1)) return begin;
	const limit = Math.min(end, begin + LONGEST_PROXY_LINE);
	const line = lineFeedFrom(bytes, begin, limit);
	return line < limit && bytes[line - 1] === 0x0d ? line + 1 : begin;
}

/** The longest line that the protocol permits, including its end. */
const LONGEST_PROXY_LINE = 107;

/** Signature, version 2 and command, family, and the length of the rest. */
function behindProxy2(bytes: Uint8Array, begin: number, end: number): number {
	if (end - begin < PROXY_2.length + 4 || !startsWith(bytes, begin, end, PROXY_2)) return begin;
	if (bytes[begin + PROXY_2.length]! >> 4 !== 2) return begin;
	const lengthAt = begin + PROXY_2.length + 2;
	const behind = lengthAt + 2 + ((bytes[lengthAt]! << 8) | bytes[lengthAt + 1]!);
	return behind <= end ? behind : begin;
}

function behindHead(bytes: Uint8Array, begin: number, end: number): number {
	for (let line = lineFeedFrom(bytes, begin, end); line < end; line = lineFeedFrom(bytes, line + 1, end)) {
		if (bytes[line + 1] === 0x0a && line + 1 < end) return line + 2;
		if (bytes[line + 1] === 0x0d && bytes[line + 2] === 0x0a && line + 2 < end) return line + 3;
	}
	return begin;
}

const RECORD_HEAD = 5;
/** RFC 8446, section 5.2: 2^14 bytes and 256. */
const LONGEST_RECORD = 16_640;

/**
 * A TLS-like record followed by other bytes, or an application record that contains plaintext JSON: some miners wrap
 * their messages like this to resemble TLS. In real TLS, records follow each other to the end of the bytes.
 */
function behindRecord(bytes: Uint8Array, begin: number, end: number): number {
	if (!isRecordHead(bytes, begin, end)) return begin;
	if (bytes[begin] === 0x17 && bytes[begin + RECORD_HEAD] === 0x7b) return begin + RECORD_HEAD;
	const behind = begin + RECORD_HEAD + recordLength(bytes, begin);
	return behind < end ? behind : begin;
}

/** Whether bytes that begin like a TLS record contain more than the record, or JSON in it. */
export function showsMoreThanRecord(bytes: Uint8Array, begin: number, end: number): boolean {
	if (begin + RECORD_HEAD + recordLength(bytes, begin) >= end && bytes[begin + RECORD_HEAD] !== 0x7b) return false;
	return isRecordHead(bytes, begin, end);
}

function isRecordHead(bytes: Uint8Array, begin: number, end: number): boolean {
	if (end - begin <= RECORD_HEAD) return false;
	const type = bytes[begin]!;
	const length = recordLength(bytes, begin);
	return (
		type >= 0x14 &&
		type <= 0x17 &&
		bytes[begin + 1] === 3 &&
		bytes[begin + 2]! <= 4 &&
		length > 0 &&
		length <= LONGEST_RECORD
	);
}

export function recordLength(bytes: Uint8Array, begin: number): number {
	return (bytes[begin + 3]! << 8) | bytes[begin + 4]!;
}

export function startsWith(bytes: Uint8Array, begin: number, end: number, text: Uint8Array): boolean {
	if (end - begin < text.length) return false;
	for (let k = 0; k < text.length; k++) if (bytes[begin + k] !== text[k]) return false;
	return true;
}

export const CONNECT = Buffer.from("CONNECT ");
const PROXY_1 = Buffer.from("PROXY ");
export const PROXY_2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
