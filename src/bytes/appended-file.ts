import { closeSync, openSync } from "node:fs";
import { inContext } from "./error.ts";
import { writeAllSync } from "./output-file.ts";

/**
 * A stream output: appends to the content of the file. {@link reopen} opens the path again after log rotation has
 * renamed the file; the old file stays in use if the path cannot be opened. Every failure is one `DeCryptoError`.
 */
export class AppendedFile {
	readonly path: string;
	#descriptor: number | undefined;

	constructor(path: string) {
		this.path = path;
		this.#descriptor = this.#open();
	}

	/** Writes all of the bytes before it returns. Whole records in one call stay together. */
	write(bytes: Uint8Array): void {
		try {
			writeAllSync(this.#descriptor!, bytes);
		} catch (error) {
			throw inContext(this.path, error);
		}
	}

	reopen(): void {
		const descriptor = this.#open();
		this.close();
		this.#descriptor = descriptor;
	}

	close(): void {
		if (this.#descriptor !== undefined) closeSync(this.#descriptor);
		this.#descriptor = undefined;
	}

	#open(): number {
		try {
			return openSync(this.path, "a");
		} catch (error) {
			throw inContext(this.path, error);
		}
	}
}
