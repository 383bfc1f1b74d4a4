import { ByteCursor } from "../bytes/cursor.ts";
import { type ClientHello, MAXIMUM_HELLO, type Span } from "./client-hello.ts";

/**
 * `complete`: a whole, well-formed hello. `incomplete`: a valid beginning, more bytes must follow; the fields so far
 * are set. `none`: not a hello, or a malformed one; no field is set.
 */
export type HelloResult = "complete" | "incomplete" | "none";

/**
 * Whether the payload `begin … end` can be the beginning of a ClientHello in TLS records: the quick rejection of most
 * packets. Three bytes suffice for true, so that a hello truncated after its first bytes is not lost.
 */
export function looksLikeClientHello(bytes: Uint8Array, begin: number, end: number): boolean {
	return (
		bytes[begin] === HANDSHAKE &&
		end - begin >= 3 &&
		bytes[begin + 1] === 3 &&
		bytes[begin + 2]! <= 4 &&
		(end - begin < 6 || bytes[begin + 5] === CLIENT_HELLO)
	);
}

/** Reads a ClientHello that begins at `begin` in TLS records (RFC 8446, 5.1), in one record or in several. */
export function parseClientHello(bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
	into.clear();
	if (!looksLikeClientHello(bytes, begin, end)) return "none";
	if (end - begin < RECORD_HEADER) return "incomplete";
	const length = recordLength(bytes, begin);
	if (length === 0 || length > MAXIMUM_RECORD) return "none";
	const body = begin + RECORD_HEADER;
	const bodyEnd = body + length;
	if (bodyEnd >= end || messageEnd(bytes, body, bodyEnd) <= bodyEnd) {
		return parseHelloMessage(bytes, body, Math.min(bodyEnd, end), into);
	}
	return parseJoined(bytes, begin, end, into);
}

/**
 * Reads a ClientHello without records, from its handshake header: the content of QUIC's CRYPTO frames (RFC 9001, 4).
 */
export function parseHelloMessage(bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
	into.clear();
	if (begin >= end) return "incomplete";
	if (bytes[begin] !== CLIENT_HELLO) return "none";
	if (end - begin < HANDSHAKE_HEADER) return "incomplete";
	const wholeEnd = messageEnd(bytes, begin, end);
	if (wholeEnd - begin > MAXIMUM_HELLO) return "none";
	into.bytes = bytes;
	const sound = readBody(cursor.reset(bytes, begin + HANDSHAKE_HEADER, Math.min(wholeEnd, end)), into);
	if (sound && !cursor.failed && wholeEnd <= end) return "complete";
	if (sound && wholeEnd > end) return "incomplete";
	into.clear();
	return "none";
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
/** RFC 8446, 5.1: 2^14 bytes of plain text. */
const MAXIMUM_RECORD = 16_384;

const cursor = new ByteCursor();

function recordLength(bytes: Uint8Array, at: number): number {
	return (bytes[at + 3]! << 8) | bytes[at + 4]!;
}

/** The end of the handshake message by its length field; beyond `end` if even its header is truncated. */
function messageEnd(bytes: Uint8Array, begin: number, end: number): number {
	if (end - begin < HANDSHAKE_HEADER) return end + 1;
	return begin + HANDSHAKE_HEADER + ((bytes[begin + 1]! << 16) | (bytes[begin + 2]! << 8) | bytes[begin + 3]!);
}

/** Several records: joins their contents in the hello's own buffer. */
function parseJoined(bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
	const joined = into.joiningBuffer();
	let length = 0;
	for (let at = begin; end - at >= RECORD_HEADER; ) {
		if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3) return "none";
		const content = recordLength(bytes, at);
		if (content === 0 || content > MAXIMUM_RECORD) return "none";
		const from = at + RECORD_HEADER;
		const taken = Math.min(content, end - from, joined.length - length);
		joined.set(bytes.subarray(from, from + taken), length);
		length += taken;
		at = from + content;
		if (length === joined.length || messageEnd(joined, 0, length) <= length) break;
	}
	return parseHelloMessage(joined, 0, length, into);
}

/** False if a field contradicts the format; the cursor shows whether the bytes sufficed. */
function readBody(cursor: ByteCursor, into: ClientHello): boolean {
	into.legacyVersion = cursor.u16();
	if (!cursor.failed && into.legacyVersion >> 8 !== 3) return false;
	cursor.skip(32);
	const sessionLength = cursor.u8();
	if (sessionLength > 32) return false;
	cursor.skip(sessionLength);
	const ciphersLength = cursor.u16();
	if (ciphersLength % 2 !== 0) return false;
	spanOf(cursor, ciphersLength, into.ciphers);
	cursor.skip(cursor.u8());
	if (cursor.failed || cursor.remaining === 0) return true;
	// Before TLS 1.3 the hello may end here; otherwise the extensions reach to its end.
	const extensionsLength = cursor.u16();
	readExtensions(cursor, cursor.offset + extensionsLength, into);
	return true;
}

/** Reads as many extensions as there are bytes for, so that a truncated hello still has its name if that was sent. */
function readExtensions(cursor: ByteCursor, declaredEnd: number, into: ClientHello): void {
	const begin = cursor.offset;
	while (!cursor.failed && cursor.offset < declaredEnd) {
		const type = cursor.u16();
		const length = cursor.u16();
		if (cursor.offset + length > declaredEnd) cursor.failed = true;
		const outer = cursor.enter(length);
		if (cursor.failed) return;
		readExtension(cursor, type, into);
		// An extension that is malformed inside is skipped: its length is valid.
		cursor.failed = false;
		cursor.offset = cursor.end;
		cursor.end = outer;
		into.extensions.begin = begin;
		into.extensions.end = cursor.offset;
	}
}

/** Of several extensions of one type (forbidden by RFC 8446, 4.2) the first with a value counts. */
function readExtension(cursor: ByteCursor, type: number, into: ClientHello): void {
	switch (type) {
		case 0:
			into.hasServerName = true;
			if (isEmpty(into.serverName)) readServerName(cursor, into.serverName);
			break;
		case 10:
			if (isEmpty(into.groups)) spanOf(cursor, cursor.u16() & ~1, into.groups);
			break;
		case 11:
			if (isEmpty(into.pointFormats)) spanOf(cursor, cursor.u8(), into.pointFormats);
			break;
		case 13:
			if (isEmpty(into.signatureAlgorithms)) spanOf(cursor, cursor.u16() & ~1, into.signatureAlgorithms);
			break;
		case 16:
			if (isEmpty(into.protocols)) spanOf(cursor, cursor.u16(), into.protocols);
			break;
		case 43:
			if (isEmpty(into.versions)) spanOf(cursor, cursor.u8() & ~1, into.versions);
	}
}

/** RFC 6066, 3: a list of names with types; the only type ever defined is 0, a host name. */
function readServerName(cursor: ByteCursor, into: Span): void {
	cursor.skip(2);
	while (cursor.remaining > 0) {
		const type = cursor.u8();
		const length = cursor.u16();
		if (type === 0) {
			spanOf(cursor, length, into);
			return;
		}
		cursor.skip(length);
	}
}

function spanOf(cursor: ByteCursor, length: number, into: Span): void {
	const at = cursor.take(length);
	if (at < 0) return;
	into.begin = at;
	into.end = at + length;
}

function isEmpty(span: Span): boolean {
	return span.begin === span.end;
}
