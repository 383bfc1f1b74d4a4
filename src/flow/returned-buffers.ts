/**
 * Memory of batches that another thread was given and has sent back, by its size: the next batches are made in it. New
 * memory for every batch would cost more than filling it does, for the system hands it out page by page, zeroed.
 */
const returned = new Map<number, ArrayBuffer[]>();

/** Of any one size; a batch has some dozen buffers, and few batches are under way at a time. */
const KEPT = 64;

export function takeBack(buffers: readonly ArrayBuffer[]): void {
	for (const buffer of buffers) {
		const alike = returned.get(buffer.byteLength);
		if (alike === undefined) returned.set(buffer.byteLength, [buffer]);
		else if (alike.length < KEPT) alike.push(buffer);
	}
}

/** A buffer of this length: one that came back, with whatever stands in it, or a new one. */
export function bufferOf(length: number): ArrayBuffer {
	return returned.get(length)?.pop() ?? new ArrayBuffer(length);
}
