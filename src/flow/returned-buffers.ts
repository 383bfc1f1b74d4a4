/**
 * Memory of batches that another thread has sent back, by size: the next batches reuse it. New
 * memory for every batch would cost more than filling it, because the system maps it page by page, zeroed.
 */
const returned = new Map<number, ArrayBuffer[]>();

/** Buffers kept per size; a batch has a few dozen buffers, and few batches are in progress at a time. */
const KEPT = 64;

export function takeBack(buffers: readonly ArrayBuffer[]): void {
	for (const buffer of buffers) {
		const alike = returned.get(buffer.byteLength);
		if (alike === undefined) returned.set(buffer.byteLength, [buffer]);
		else if (alike.length < KEPT) alike.push(buffer);
	}
}

/** A buffer of this length: a returned one, with its old content, or a new one. */
export function bufferOf(length: number): ArrayBuffer {
	return returned.get(length)?.pop() ?? new ArrayBuffer(length);
}
