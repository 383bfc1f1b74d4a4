/** The most digits of a chunk length that are read; miners send fewer. */
const MOST_DIGITS = 6;

/** Whether bytes begin with a chunk length, a line end, and JSON (RFC 9112, section 7.1). */
export function mayBeChunked(bytes: Uint8Array, begin: number, end: number): boolean {
	const data = chunkData(bytes, begin, end);
	return data > begin && data < end && (bytes[data] === 0x7b || bytes[data] === 0x5b);
}

/** The visible content of a chunked body without the chunk lengths. Chunks may be as short as one byte. */
export function joinChunks(bytes: Uint8Array, begin: number, end: number): Uint8Array {
	const content = new Uint8Array(end - begin);
	let used = 0;
	let at = begin;
	for (;;) {
		const data = chunkData(bytes, at, end);
		if (data < 0) break;
		const behind = data + chunkLength;
		const seen = Math.min(behind, end);
		content.set(bytes.subarray(data, seen), used);
		used += seen - data;
		if (chunkLength === 0 || behind + 2 > end) break;
		at = behind + 2;
	}
	return content.subarray(0, used);
}

/** The length of the chunk that {@link chunkData} found last. */
let chunkLength = 0;

/** Index of the data of the chunk at `begin`, -1 if there is none. */
function chunkData(bytes: Uint8Array, begin: number, end: number): number {
	chunkLength = 0;
	let at = begin;
	for (; at < end && at - begin <= MOST_DIGITS; at++) {
		const digit = hexadecimalDigit(bytes[at]!);
		if (digit < 0) break;
		chunkLength = chunkLength * 16 + digit;
	}
	if (at === begin || at - begin > MOST_DIGITS) return -1;
	// A chunk length may be followed by a semicolon and extensions.
	if (bytes[at] === 0x3b) while (at < end && bytes[at] !== 0x0d) at++;
	return at + 2 <= end && bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? at + 2 : -1;
}

function hexadecimalDigit(byte: number): number {
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	const letter = byte | 0x20;
	return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
