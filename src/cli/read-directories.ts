import { statSync } from "node:fs";
import { UsageError } from "../bytes/error.ts";
import type { NamedInput } from "../input/input-list.ts";

/**
 * Directories among the inputs, and whether a file in them could be read: a directory without one is no "nothing found".
 * Those that are followed may fill later.
 */
export class ReadDirectories {
	readonly #unread: Set<string>;

	constructor(names: readonly string[], isLastFollowed: boolean) {
		const final = isLastFollowed ? names.slice(0, -1) : names;
		this.#unread = new Set(final.filter(isDirectory));
	}

	/** The same function that opens inputs; what it opened, or failed at, is noted. */
	noting<T, Rest extends readonly unknown[]>(
		open: (input: NamedInput, ...rest: Rest) => Promise<T | undefined>,
	): (input: NamedInput, ...rest: Rest) => Promise<T | undefined> {
		return async (input, ...rest) => {
			// A failure has its own message.
			let isKnown = true;
			try {
				const opened = await open(input, ...rest);
				isKnown = opened !== undefined;
				return opened;
			} finally {
				if (isKnown && input.directory !== undefined) this.#unread.delete(input.directory);
			}
		};
	}

	/** One line for each directory in which nothing could be read. */
	complaints(): string[] {
		return [...this.#unread].map((name) => `${name}: no file in it is a capture or a flow file`);
	}
}

/** Throws where `--follow` is given for something that is no directory. */
export function refuseToFollow(name: string): void {
	if (!isDirectory(name)) throw new UsageError(`${name}: --follow follows a directory, and this is none`);
}

function isDirectory(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
