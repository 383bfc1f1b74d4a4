import { closeSync, readSync } from "node:fs";

/**
 * Bytes by which the first read is cut short, so that the later ones begin in the middle of a page of the file. Large memory
 * begins with a page, and many processors copy five times slower where the target stands just behind the source modulo
 * 4096 (`rep movsb` on AMD's Zen 3 and 4, glibc bug 30994).
 */
const HALF_A_PAGE = 2048;

/** Bytes that are read before others have their turn: often enough for timers and signals, too rarely to cost anything. */
const BYTES_AT_A_TURN = 1 << 20;

/**
 * A regular file read front to back into memory of the reader's choice. Streams make a new buffer for every chunk, which costs
 * as much as the reading. It is read on the thread that uses the bytes: what the thread pool had copied would stand in
 * another processor's cache. The system reads ahead by itself.
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

	/** Fills the front of `into`, of the first all but {@link HALF_A_PAGE}; 0 at the end of the file and once closed. */
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

	/** Named as a stream's, whose place it takes. */
	destroy(): void {
		if (this.#closed) return;
		this.#closed = true;
		closeSync(this.#descriptor);
	}
}

/** Timers, signals and messages have their turn now and then between two reads. */
function everybodyElse(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
