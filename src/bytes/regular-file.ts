import { closeSync, readSync } from "node:fs";

/**
 * Bytes by which the first read is shortened, so that later reads begin in the middle of a page of the file. Large
 * memory begins with a page, and many processors copy five times slower if the target is slightly above the source
 * modulo 4096 (`rep movsb` on AMD's Zen 3 and 4, glibc bug 30994).
 */
const HALF_A_PAGE = 2048;

/** Bytes read before yielding to the event loop: often enough for timers and signals, too rarely to be measurable. */
const BYTES_AT_A_TURN = 1 << 20;

/**
 * A regular file, read from front to back into memory of the reader's choice. Streams allocate a buffer for every
 * chunk, which costs as much as reading. Reads run on the thread that uses the bytes: bytes copied by the thread pool
 * would be in another processor's cache. The system reads ahead by itself.
 */
export class RegularFile implements AsyncIterable<Uint8Array> {
	readonly #descriptor: number;
	readonly #chunkSize: number;
	#begun = false;
	#closed = false;
	#sinceTurn = 0;

	constructor(descriptor: number, chunkSize: number) {
		this.#descriptor = descriptor;
		this.#chunkSize = chunkSize;
	}

	/**
	 * Fills the front of `into`, in the first read all but {@link HALF_A_PAGE}; 0 at the end of the file and once closed.
	 */
	async read(into: Uint8Array): Promise<number> {
		if (this.#closed) return 0;
		const length = this.#begun ? into.length : Math.max(1, into.length - HALF_A_PAGE);
		const count = readSync(this.#descriptor, into, 0, length, null);
		this.#begun = true;
		this.#sinceTurn += count;
		if (this.#sinceTurn >= BYTES_AT_A_TURN) {
			this.#sinceTurn = 0;
			await everybodyElse();
		}
		return count;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		for (;;) {
			const chunk = Buffer.allocUnsafeSlow(this.#chunkSize);
			const count = await this.read(chunk);
			if (count === 0) return;
			yield chunk.subarray(0, count);
		}
	}

	/** The name is that of the stream method that it replaces. */
	destroy(): void {
		if (this.#closed) return;
		this.#closed = true;
		closeSync(this.#descriptor);
	}
}

/** Yields to timers, signals and messages now and then between two reads. */
function everybodyElse(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
