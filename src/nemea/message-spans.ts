import { bufferOf } from "../flow/returned-buffers.ts";

/** Positions of the messages of containers in a buffer. Grows as needed; reused for the next batch. */
export class MessageSpans {
	length = 0;
	#capacity = 4096;
	begins = new Uint32Array(this.#capacity);
	ends = new Uint32Array(this.#capacity);
	/** A message of one byte or none was met: the sender's end of stream. Later messages are ignored. */
	ended = false;

	/** Begins the next batch. Arrays that were transferred away with the last one have no length any more. */
	clear(): void {
		this.length = 0;
		if (this.begins.length > 0) return;
		this.begins = new Uint32Array(bufferOf(this.#capacity * Uint32Array.BYTES_PER_ELEMENT));
		this.ends = new Uint32Array(bufferOf(this.#capacity * Uint32Array.BYTES_PER_ELEMENT));
	}

	/**
	 * Adds the messages of the container payload `[begin … end)`: 16-bit big-endian lengths, each with its bytes.
	 * Stops behind an end of stream. False where a message runs over the payload's end; those before it count.
	 */
	add(bytes: Uint8Array, begin: number, end: number): boolean {
		let at = begin;
		while (at + 2 <= end) {
			const size = (bytes[at]! << 8) | bytes[at + 1]!;
			const from = at + 2;
			if (from + size > end) return false;
			if (size <= 1) {
				this.ended = true;
				return true;
			}
			if (this.length === this.begins.length) this.#grow(this.length * 2);
			this.begins[this.length] = from;
			this.ends[this.length++] = from + size;
			at = from + size;
		}
		return at === end;
	}

	#grow(capacity: number): void {
		this.#capacity = capacity;
		const begins = new Uint32Array(capacity);
		const ends = new Uint32Array(capacity);
		begins.set(this.begins);
		ends.set(this.ends);
		this.begins = begins;
		this.ends = ends;
	}
}
