import { MAY_BE_PREAMBLE, PROXY_2, recordLength, showsMoreThanRecord, startsWith } from "./preamble.ts";

/** Bytes that are inspected if the payload may be text. */
const MOST_BYTES_LOOKED_AT = 64;

/**
 * Whether `recogniseMining` may recognise a direction that begins with the bytes `begin … end`: decides whether the
 * meter keeps more payload. No false negatives; false for TLS, DNS, QUIC and most other binary protocols.
 */
export function mayBecomeMining(bytes: Uint8Array, begin: number, end: number): boolean {
	const first = bytes[begin]!;
	if (first < FIRST_TEXT && MAY_BE_PREAMBLE[first] === 1) return mayBecomeBinary(bytes, begin, end);
	// A WebSocket frame begins with its opcode, text or binary.
	if (first >= 0x80) return first === 0x81 || first === 0x82;
	// GET, POST, PROXY, HTTP, CONNECT: any bytes may follow.
	return first === 0x47 || first === 0x50 || first === 0x48 || first === 0x43 || mayBecomeJson(bytes, begin, end);
}

const FIRST_TEXT = 0x20;
/** Records of real handshakes are longer and usually fill the first packet. */
const LONGEST_FALSE_RECORD = 64;

/** Stratum V2 begins with its extension and message, both 0; otherwise this is the beginning of a preamble. */
function mayBecomeBinary(bytes: Uint8Array, begin: number, end: number): boolean {
	const length = end - begin;
	const second = bytes[begin + 1]!;
	switch (bytes[begin]) {
		case 0:
			return length < 3 || (second === 0 && bytes[begin + 2] === 0) || second === 0x5a;
		case 4:
			return length < 2 || second === 1 || second === 2;
		case 5:
			// The first packet of a client is often this short; its request follows.
			return length < 2 || second <= MOST_METHODS;
		case 0x0d:
			return (
				mayBecomeJson(bytes, begin, end) ||
				startsWith(bytes, begin, end, PROXY_2.subarray(0, Math.min(length, PROXY_2.length)))
			);
		default:
			return isShortRecord(bytes, begin, end);
	}
}

const MOST_METHODS = 8;

/** A record that ends within a short first packet, or that contains JSON in plaintext. */
function isShortRecord(bytes: Uint8Array, begin: number, end: number): boolean {
	if (end - begin < 6) return true;
	if (bytes[begin + 1] !== 3) return false;
	return (
		bytes[begin + 5] === 0x7b ||
		recordLength(bytes, begin) <= LONGEST_FALSE_RECORD ||
		showsMoreThanRecord(bytes, begin, end)
	);
}

/** Only text up to the first quote, brace or bracket; any byte may follow a backslash. */
function mayBecomeJson(bytes: Uint8Array, begin: number, end: number): boolean {
	const limit = Math.min(end, begin + MOST_BYTES_LOOKED_AT);
	for (let i = begin; i < limit; i++) {
		const byte = bytes[i]!;
		if (byte === 0x22 || byte === 0x7b || byte === 0x5b) return true;
		if (byte === 0x5c) i++;
		else if ((byte < 0x20 || byte > 0x7e) && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
	}
	return true;
}
