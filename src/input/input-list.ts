import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";

/** An input as named on the command line, or a file found in a directory named there. */
export interface NamedInput {
	readonly name: string;
	/** The directory it was found in: where it is of no kind that can be read, that is no error. */
	readonly directory?: string;
	/** That directory is followed: more files may come. */
	readonly isFollowed?: boolean;
	/** It may still be written to. */
	readonly isGrowing?: boolean;
}

const SCHEME = /^[a-z0-9+]{1,12}:/i;
const COMPRESSED = /\.(gz|zst)$/i;
const POLL_MS = 500;

/**
 * The inputs of a run, one after the other: directories become their files in the order of rotation, numbers by value
 * (`trace.pcap2` before `trace.pcap10`). A directory that is followed has no end: what appears in it later comes too.
 */
export class InputList {
	readonly #names: string[];
	readonly #follow: boolean;
	/** Inputs known and not yet handed out. */
	#ahead: NamedInput[] = [];
	/** The directory being followed, and the files of it that were handed out, without the ending of their compression. */
	#followed: string | undefined;
	#seen = new Set<string>();
	#stopped = false;

	/** With `follow` the last name must be a directory. */
	constructor(names: readonly string[], follow = false) {
		this.#names = [...names];
		this.#follow = follow;
	}

	/** The next input, or undefined where there is none any more. Waits for one in a directory that is followed. */
	async next(): Promise<NamedInput | undefined> {
		for (;;) {
			const known = this.peek();
			if (known || this.#stopped) {
				this.#ahead.shift();
				return known;
			}
			if (this.#followed === undefined) return undefined;
			await sleep(POLL_MS);
		}
	}

	/** The input that comes next, as far as can be told now. */
	peek(): NamedInput | undefined {
		while (this.#ahead.length === 0 && this.#names.length > 0) this.#expand(this.#names.shift()!);
		if (this.#ahead.length === 0 && this.#followed !== undefined) this.#look(this.#followed);
		return this.#ahead[0];
	}

	/** Ends the waiting. */
	stop(): void {
		this.#stopped = true;
		this.#names.length = 0;
		this.#ahead = [];
	}

	#expand(name: string): void {
		if (name === "-" || SCHEME.test(name) || !isDirectory(name)) this.#ahead.push({ name });
		else {
			this.#seen = new Set();
			if (this.#follow && this.#names.length === 0) this.#followed = name;
			this.#look(name);
		}
	}

	/** Adds the files of the directory that were not there before. A file that was compressed meanwhile is the same file. */
	#look(directory: string): void {
		for (const file of filesOf(directory)) {
			const plain = file.replace(COMPRESSED, "");
			if (this.#seen.has(plain)) continue;
			this.#seen.add(plain);
			const isFollowed = directory === this.#followed;
			const isGrowing = isFollowed && !COMPRESSED.test(file);
			const state = { ...(isFollowed && { isFollowed }), ...(isGrowing && { isGrowing }) };
			this.#ahead.push({ name: join(directory, file), directory, ...state });
		}
	}
}

function filesOf(directory: string): string[] {
	try {
		return readdirSync(directory, { withFileTypes: true })
			.filter((entry) => !entry.name.startsWith(".") && !entry.isDirectory())
			.map((entry) => entry.name)
			.sort(BY_NUMBER);
	} catch (error) {
		throw new DeCryptoError("input", `${directory}: ${reasonOf(error)}`);
	}
}

const BY_NUMBER = new Intl.Collator("en", { numeric: true }).compare;

function isDirectory(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
