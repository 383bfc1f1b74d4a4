/**
 * The beginning of a byte stream, reassembled from parts in any order, within bounds: at most `capacity` bytes and at
 * most {@link MAXIMUM_PARTS} parts that do not touch. If parts overlap, the bytes that came first stay.
 */
export class StreamBuffer {
	readonly bytes: Uint8Array;
	/** Begin and end of each part, ascending, with gaps between them. */
	readonly #bounds = new Int32Array(2 * MAXIMUM_PARTS);
	#parts = 0;

	constructor(capacity: number) {
		this.bytes = new Uint8Array(capacity);
	}

	clear(): void {
		this.#parts = 0;
	}

	/** The number of contiguous bytes from the start of the stream. */
	get contiguous(): number {
		return this.#parts > 0 && this.#bounds[0] === 0 ? this.#bounds[1]! : 0;
	}

	/** Adds `begin … end` of `source` as the stream's bytes from `offset`; false if that exceeds the bounds. */
	write(offset: number, source: Uint8Array, begin: number, end: number): boolean {
		const offsetEnd = offset + (end - begin);
		if (offset < 0 || offsetEnd > this.bytes.length) return false;
		if (offset === offsetEnd) return true;
		const bounds = this.#bounds;
		// The first part that touches the new one or follows it, and the first that entirely follows it.
		let first = 0;
		while (first < this.#parts && bounds[2 * first + 1]! < offset) first++;
		let next = first;
		while (next < this.#parts && bounds[2 * next]! <= offsetEnd) next++;
		if (next === first && this.#parts === MAXIMUM_PARTS) return false;

		let at = offset;
		for (let part = first; part < next; part++) {
			this.#copy(offset, source, begin, at, bounds[2 * part]!);
			at = Math.max(at, bounds[2 * part + 1]!);
		}
		this.#copy(offset, source, begin, at, offsetEnd);

		const from = next > first ? Math.min(offset, bounds[2 * first]!) : offset;
		const to = next > first ? Math.max(offsetEnd, bounds[2 * next - 1]!) : offsetEnd;
		bounds.copyWithin(2 * first + 2, 2 * next, 2 * this.#parts);
		bounds[2 * first] = from;
		bounds[2 * first + 1] = to;
		this.#parts += 1 - (next - first);
		return true;
	}

	/** Copies the stream's bytes `from … to` from a source whose byte `begin` is the stream's byte `offset`. */
	#copy(offset: number, source: Uint8Array, begin: number, from: number, to: number): void {
		for (let at = from; at < to; at++) this.bytes[at] = source[begin + at - offset]!;
	}
}

export const MAXIMUM_PARTS = 16;
