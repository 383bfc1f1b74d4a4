import { createCipheriv, createDecipheriv } from "node:crypto";
import { ByteCursor } from "../bytes/cursor.ts";
import type { Span } from "./client-hello.ts";
import { type InitialKeys, quicVersion } from "./quic-keys.ts";

/** The positions of the parts of a QUIC packet with a long header (RFC 9000, 17.2). Reused for each packet. */
export interface LongHeader {
	version: number;
	/** The first byte of the packet and of its header. */
	begin: number;
	readonly destinationId: Span;
	/** The first byte of the protected packet number; the header ends after it. */
	packetNumber: number;
	/** The end of the packet: the next one of the datagram begins here. */
	end: number;
}

export function createLongHeader(): LongHeader {
	return { version: 0, begin: 0, destinationId: { begin: 0, end: 0 }, packetNumber: 0, end: 0 };
}

/** Whether the datagram `begin … end` can begin with an Initial packet of a known version: the quick rejection. */
export function looksLikeInitial(bytes: Uint8Array, begin: number, end: number): boolean {
	if (end - begin < MINIMUM_PACKET || (bytes[begin]! & 0xc0) !== 0xc0) return false;
	const b = begin + 1;
	const number = ((bytes[b]! << 24) | (bytes[b + 1]! << 16) | (bytes[b + 2]! << 8) | bytes[b + 3]!) >>> 0;
	return quicVersion(number)?.initialType === (bytes[begin]! >> 4) % 4;
}

/**
 * Reads the header of the packet at `begin`. `initial`: a packet that can be decrypted; `other`: another packet with a
 * length, so that the next packet follows it; `none`: nothing more to read in this datagram.
 */
export function readLongHeader(
	bytes: Uint8Array,
	begin: number,
	end: number,
	into: LongHeader,
): "initial" | "other" | "none" {
	cursor.reset(bytes, begin, end);
	const first = cursor.u8();
	into.begin = begin;
	into.version = cursor.u32();
	const version = quicVersion(into.version);
	if (cursor.failed || (first & 0xc0) !== 0xc0 || version === undefined) return "none";
	const idLength = cursor.u8();
	if (idLength > MAXIMUM_ID) return "none";
	into.destinationId.begin = cursor.take(idLength);
	into.destinationId.end = cursor.offset;
	cursor.skip(cursor.u8());
	const type = ((first >> 4) - version.initialType) & 3;
	// A Retry has no length and is alone in its datagram.
	if (type === RETRY) return "none";
	if (type === INITIAL) cursor.skip(variableInteger(cursor));
	const length = variableInteger(cursor);
	into.packetNumber = cursor.offset;
	cursor.skip(length);
	into.end = cursor.offset;
	if (cursor.failed) return "none";
	return type === INITIAL && length >= 4 + SAMPLE ? "initial" : "other";
}

/**
 * Removes the protection of an Initial packet (RFC 9001, 5.3 and 5.4) and returns its frames, or undefined if the keys
 * do not fit: the packet is the server's, or damaged. The packet number is used as sent, without reconstruction of
 * truncated numbers: correct for a client's first 256 packets.
 */
export function openInitial(bytes: Uint8Array, header: LongHeader, keys: InitialKeys): Uint8Array | undefined {
	const at = header.packetNumber;
	const sample = bytes.subarray(at + 4, at + 4 + SAMPLE);
	const mask = createCipheriv("aes-128-ecb", keys.headerKey, null).update(sample);
	const first = bytes[header.begin]! ^ (mask[0]! & 0x0f);
	const numberLength = (first & 3) + 1;
	// Not slice(): a Buffer's slice shares its memory.
	const plainHeader = Uint8Array.from(bytes.subarray(header.begin, at + numberLength));
	const nonce = Uint8Array.from(keys.iv);
	plainHeader[0] = first;
	for (let i = 0; i < numberLength; i++) {
		const byte = bytes[at + i]! ^ mask[i + 1]!;
		plainHeader[at - header.begin + i] = byte;
		nonce[nonce.length - numberLength + i]! ^= byte;
	}
	const sealed = bytes.subarray(at + numberLength, header.end);
	const opening = createDecipheriv("aes-128-gcm", keys.key, nonce, { authTagLength: TAG });
	opening.setAAD(plainHeader);
	opening.setAuthTag(sealed.subarray(sealed.length - TAG));
	const frames = opening.update(sealed.subarray(0, sealed.length - TAG));
	try {
		opening.final();
		return frames;
	} catch {
		// The only way in which node:crypto reports that the tag does not match.
		return undefined;
	}
}

/** RFC 9000, 16: two bits of length, then 6, 14, 30 or 62 bits; values above 2^53 exceed every bound here anyway. */
export function variableInteger(cursor: ByteCursor): number {
	const first = cursor.u8();
	let value = first & 0x3f;
	for (let more = (1 << (first >> 6)) - 1; more > 0; more--) value = value * 256 + cursor.u8();
	return value;
}

const cursor = new ByteCursor();
const INITIAL = 0;
const RETRY = 3;
const MAXIMUM_ID = 20;
const SAMPLE = 16;
const TAG = 16;
/** First byte, version, two empty ids, token length, length, packet number and sample. */
const MINIMUM_PACKET = 1 + 4 + 2 + 2 + 4 + SAMPLE;
