import { close, read } from "node:fs";

/** A regular file read front to back, by the thread pool, into memory of the reader's choice. Streams make a new buffer for every chunk, which costs as much as the reading. */
export class RegularFile implements AsyncIterable<Uint8Array> {
	readonly #descriptor: number;
	readonly #chunkSize: number;
	#reading = false;
	#closed = false;

	constructor(descriptor: number, chunkSize: number) {
		this.#descriptor = descriptor;
		this.#chunkSize = chunkSize;
	}

	/** Fills the front of `into`; 0 at the end of the file and once closed. One read at a time. */
	read(into: Uint8Array): Promise<number> {
		if (this.#closed) return Promise.resolve(0);
		this.#reading = true;
		return new Promise((resolve, reject) => {
			read(this.#descriptor, into, 0, into.length, null, (error, count) => {
				this.#reading = false;
				if (this.#closed) this.#closeDescriptor();
				if (error) reject(error);
				else resolve(count);
			});
		});
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		for (;;) {
			const chunk = Buffer.allocUnsafeSlow(this.#chunkSize);
			const count = await this.read(chunk);
			if (count === 0) return;
			yield chunk.subarray(0, count);
		}
	}

	/** Named as a stream's, whose place it takes. A read under way ends first: its descriptor must not be given to another file. */
	destroy(): void {
		if (this.#closed) return;
		this.#closed = true;
		if (!this.#reading) this.#closeDescriptor();
	}

	#closeDescriptor(): void {
		close(this.#descriptor, () => {});
	}
}
