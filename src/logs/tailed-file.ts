import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";

/**
 * A log file that somebody writes, and renames and begins anew (log rotation). It need not be there yet. What the renamed
 * file still holds is read before the new one.
 */
export class TailedFile {
	readonly path: string;
	#descriptor: number | undefined;
	#position = 0;

	constructor(path: string) {
		this.path = path;
	}

	/**
	 * Fills the front of `into` and returns the number of bytes; 0 where nothing has come. Returns -1 where the file was
	 * replaced: what is read then is another file, from its beginning.
	 */
	read(into: Uint8Array): number {
		this.#descriptor ??= opened(this.path);
		if (this.#descriptor === undefined) return 0;
		const count = readSync(this.#descriptor, into, 0, into.length, this.#position);
		this.#position += count;
		if (count > 0 || !this.#isReplaced(this.#descriptor)) return count;
		this.close();
		return -1;
	}

	close(): void {
		if (this.#descriptor !== undefined) closeSync(this.#descriptor);
		this.#descriptor = undefined;
		this.#position = 0;
	}

	/** Whether the path names another file by now, or the file was cut. A path without a file may get one. */
	#isReplaced(descriptor: number): boolean {
		const now: Stats | undefined = statSync(this.path, { throwIfNoEntry: false });
		if (now === undefined) return false;
		const own = fstatSync(descriptor);
		return now.ino !== own.ino || now.dev !== own.dev || own.size < this.#position;
	}
}

function opened(path: string): number | undefined {
	try {
		return openSync(path, "r");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}
