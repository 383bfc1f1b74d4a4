/** Bytes of the allocator's own header at the start of a page, before large memory, rounded up to a cache line. */
const TO_NEXT_LINE = 64 - 16;

/** Memory of many small records, seen as doubles, words and bytes. */
export interface RecordMemory {
	readonly doubles: Float64Array;
	readonly words: Int32Array;
	readonly bytes: Uint8Array;
}

/**
 * Memory that begins at a cache line with the usual allocator (glibc's), so that records of whole lines touch
 * no more lines than necessary. It is zero, reserved at once, and paged in when used.
 */
export function recordMemory(byteLength: number): RecordMemory {
	const buffer = new ArrayBuffer(TO_NEXT_LINE + byteLength);
	return {
		doubles: new Float64Array(buffer, TO_NEXT_LINE, byteLength >> 3),
		words: new Int32Array(buffer, TO_NEXT_LINE, byteLength >> 2),
		bytes: new Uint8Array(buffer, TO_NEXT_LINE, byteLength),
	};
}
