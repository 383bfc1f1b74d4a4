/** Bytes by which a system's allocator puts large memory behind the beginning of a page, for its own header, up to a cache line. */
const TO_NEXT_LINE = 64 - 16;

/** Memory of many small records, seen as doubles, words and bytes. */
export interface RecordMemory {
	readonly doubles: Float64Array;
	readonly words: Int32Array;
	readonly bytes: Uint8Array;
}

/**
 * Memory that begins with a cache line where the allocator is the usual one (glibc's), so that records of whole lines touch
 * no more of them than they must. It is all zero, claimed at once, and touched as it is used.
 */
export function recordMemory(byteLength: number): RecordMemory {
	const buffer = new ArrayBuffer(TO_NEXT_LINE + byteLength);
	return {
		doubles: new Float64Array(buffer, TO_NEXT_LINE, byteLength >> 3),
		words: new Int32Array(buffer, TO_NEXT_LINE, byteLength >> 2),
		bytes: new Uint8Array(buffer, TO_NEXT_LINE, byteLength),
	};
}
