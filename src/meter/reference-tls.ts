import { u16 } from "../capture/layer.ts";

/** The record type of a TLS handshake. */
export const TLS_HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const RECORD_HEADER = 5;
const SERVER_NAME_EXTENSION = 0;
/** Longer names are dropped entirely. */
const LONGEST_NAME = 253;

export const HELLO = { NONE: 0, CLIENT: 1, SERVER: 2 } as const;

/** The position of the last ClientHello's server name; `begin` equals `end` if it has none. */
export class ServerNamePosition {
	begin = 0;
	end = 0;
}

/**
 * A ClientHello or ServerHello that is complete in one packet, found exactly like in the reference exporter: at the
 * first byte of payload, for any port and any lengths of record and handshake. Up to two bytes may be missing at the
 * end of its extensions, because the exporter omits their own length field when it checks the bounds. Elsewhere use
 * `src/tls`.
 */
export function readHello(bytes: Uint8Array, begin: number, end: number, name: ServerNamePosition): number {
	if (end - begin < RECORD_HEADER || bytes[begin] !== TLS_HANDSHAKE || bytes[begin + 1] !== 3) return HELLO.NONE;
	// Type and length, version, random: 4 + 2 + 32 bytes, then the session identifier.
	const handshake = begin + RECORD_HEADER;
	let at = handshake + 38;
	if (at >= end || bytes[handshake + 4] !== 3) return HELLO.NONE;
	const type = bytes[handshake];
	if (type !== CLIENT_HELLO && type !== SERVER_HELLO) return HELLO.NONE;
	at += 1 + bytes[at]!;
	if (type === SERVER_HELLO) at += 3;
	else {
		if (at + 2 > end) return HELLO.NONE;
		at += 2 + u16(bytes, at);
		if (at + 1 > end) return HELLO.NONE;
		at += 1 + bytes[at]!;
	}
	if (at + 2 > end) return HELLO.NONE;
	const length = u16(bytes, at);
	if (at + length > end) return HELLO.NONE;
	if (type === SERVER_HELLO) return HELLO.SERVER;
	name.begin = name.end = 0;
	findServerName(bytes, at + 2, Math.min(at + 2 + length, end), name);
	return HELLO.CLIENT;
}

function findServerName(bytes: Uint8Array, begin: number, end: number, name: ServerNamePosition): void {
	for (let at = begin; at + 4 <= end; ) {
		const type = u16(bytes, at);
		const length = u16(bytes, at + 2);
		at += 4;
		if (type === SERVER_NAME_EXTENSION && at + 2 <= end) {
			const listEnd = at + 2 + u16(bytes, at);
			if (listEnd <= end) readFirstName(bytes, at + 2, listEnd, name);
		}
		at += length;
	}
}

/** RFC 6066, 3: type, length, name. The type is not checked, and the name ends at a NUL like a C string. */
function readFirstName(bytes: Uint8Array, begin: number, end: number, name: ServerNamePosition): void {
	if (begin + 3 > end) return;
	const length = u16(bytes, begin + 1);
	const from = begin + 3;
	if (length > LONGEST_NAME || from + length > end) return;
	let to = from;
	while (to < from + length && bytes[to] !== 0) to++;
	name.begin = from;
	name.end = to;
}
