import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NamedInput } from "../input/input-list.ts";
import type { InputOptions } from "../input/input-options.ts";

/** Bytes of captures from which they are shared: with fewer, compiling the meter on every thread costs more than sharing brings. */
const SHARED_FROM = 2 ** 31;

/** Whether captures are large enough to be metered by several threads, a directory's as one: flows go on from file to file. */
export class Sharing {
	#directory: string | undefined;
	#isDirectoryShared = false;

	appliesTo({ name, directory }: NamedInput, { filter }: InputOptions): boolean {
		if (filter !== undefined) return false;
		if (directory === undefined) return bytesOf(name) >= SHARED_FROM;
		if (directory !== this.#directory) {
			this.#directory = directory;
			this.#isDirectoryShared = bytesIn(directory) >= SHARED_FROM;
		}
		return this.#isDirectoryShared;
	}
}

/** 0 if `path` is not a readable regular file; opening it reports the error. */
function bytesOf(path: string): number {
	try {
		const stat = statSync(path);
		return stat.isFile() ? stat.size : 0;
	} catch {
		return 0;
	}
}

function bytesIn(directory: string): number {
	return readdirSync(directory).reduce((sum, name) => sum + bytesOf(join(directory, name)), 0);
}
