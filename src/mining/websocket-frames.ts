/**
 * The messages in WebSocket frames (RFC 6455, section 5.2) from the first byte on, unmasked, one per line. Undefined if
 * the bytes are not frames with uncompressed JSON (permessage-deflate sets RSV1; its content is not readable).
 */
export function readWebSocketText(bytes: Uint8Array, begin: number, end: number): Uint8Array | undefined {
	if (!mayBeWebSocketJson(bytes, begin, end)) return undefined;
	const text = new Uint8Array(end - begin);
	let used = 0;
	let at = begin;
	while (at < end && (bytes[at]! & RESERVED_BITS) === 0) {
		const payload = payloadBegin(bytes, at, end);
		const length = payloadLength(bytes, at, end);
		if (payload < 0 || length < 0) break;
		const until = Math.min(payload + length, end);
		const masked = (bytes[at + 1]! & MASKED) !== 0;
		if ((bytes[at]! & OPCODE) <= OPCODE_BINARY) {
			for (let i = payload; i < until; i++) {
				text[used++] = masked ? bytes[i]! ^ bytes[payload - 4 + ((i - payload) & 3)]! : bytes[i]!;
			}
			if (until < end) text[used++] = LINE_FEED;
		}
		at = until;
	}
	return text.subarray(0, used);
}

/** A complete text or binary message whose first byte is a brace or bracket. */
export function mayBeWebSocketJson(bytes: Uint8Array, begin: number, end: number): boolean {
	if (bytes[begin] !== 0x81 && bytes[begin] !== 0x82) return false;
	const payload = payloadBegin(bytes, begin, end);
	if (payload < 0 || payload >= end) return false;
	const key = (bytes[begin + 1]! & MASKED) !== 0 ? bytes[payload - 4]! : 0;
	const first = bytes[payload]! ^ key;
	return first === 0x7b || first === 0x5b;
}

/** Index of the frame's payload; -1 if its header is cut or its length has 64 bits, which miners do not need. */
function payloadBegin(bytes: Uint8Array, frame: number, end: number): number {
	if (end - frame < 2) return -1;
	const short = bytes[frame + 1]! & SHORT_LENGTH;
	if (short === LENGTH_64) return -1;
	const payload = frame + 2 + (short === LENGTH_16 ? 2 : 0) + ((bytes[frame + 1]! & MASKED) !== 0 ? 4 : 0);
	return payload <= end ? payload : -1;
}

function payloadLength(bytes: Uint8Array, frame: number, end: number): number {
	const short = bytes[frame + 1]! & SHORT_LENGTH;
	if (short < LENGTH_16) return short;
	return frame + 4 <= end ? (bytes[frame + 2]! << 8) | bytes[frame + 3]! : -1;
}

const RESERVED_BITS = 0x70;
const OPCODE = 0x0f;
const OPCODE_BINARY = 2;
const MASKED = 0x80;
const SHORT_LENGTH = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LINE_FEED = 0x0a;
