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
	/** The directory being followed, and the files of it that were handed out, by name without the ending of their compression. */
	#followed: string | undefined;
	#seen = new Map<string, SeenFile>();
	#isGone = false;
	readonly #warn: (line: string) => void;
	#stopped = false;

	/** With `follow` the last name must be a directory. `warn`: told when it disappears, and when it is back. */
	constructor(names: readonly string[], follow = false, warn: (line: string) => void = () => {}) {
		this.#warn = warn;
		this.#names = [...names];
		this.#follow = follow;
	}

	/** The next input, or undefined if there are no more. Waits for one in a directory that is followed. */
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
			this.#seen = new Map();
			if (this.#follow && this.#names.length === 0) this.#followed = name;
			this.#look(name);
		}
	}

	/**
	 * Adds the files of the directory that were not there before, and those that were begun anew under their old name, as
	 * `tcpdump -W` does in turn. A file that was compressed meanwhile is the same file.
	 */
	#look(directory: string): void {
		const isFollowed = directory === this.#followed;
		for (const file of isFollowed ? this.#filesFollowed(directory) : filesOf(directory)) {
			const plain = file.replace(COMPRESSED, "");
			const found = seenFile(join(directory, file));
			const before = this.#seen.get(plain);
			if (found === undefined) continue;
			const isCompressed = COMPRESSED.test(file);
			if (before !== undefined && (isCompressed || !isBegunAnew(before, found))) {
				if (!isCompressed) this.#seen.set(plain, found);
				continue;
			}
			this.#seen.set(plain, found);
			const isGrowing = isFollowed && !isCompressed;
			const state = { ...(isFollowed && { isFollowed }), ...(isGrowing && { isGrowing }) };
			this.#ahead.push({ name: join(directory, file), directory, ...state });
		}
	}

	/** A followed directory that disappears is empty until it is back. */
	#filesFollowed(directory: string): string[] {
		try {
			const files = filesOf(directory);
			if (this.#isGone) this.#warn(`${directory}: is back`);
			this.#isGone = false;
			return files;
		} catch (error) {
			if (!this.#isGone) this.#warn(`${reasonOf(error)}; waiting for it`);
			this.#isGone = true;
			return [];
		}
	}
}

/** What tells a file from one that was begun anew under its name. */
interface SeenFile {
	readonly inode: number;
	/** When the inode was made: file systems use their numbers again. */
	readonly birth: number;
	readonly size: number;
}

/** Undefined for what is not a regular file: opening a FIFO or a socket would wait for its other end. */
function seenFile(path: string): SeenFile | undefined {
	const stat = statSync(path, { throwIfNoEntry: false });
	return stat?.isFile() ? { inode: stat.ino, birth: stat.birthtimeMs, size: stat.size } : undefined;
}

function isBegunAnew(before: SeenFile, now: SeenFile): boolean {
	return now.inode !== before.inode || now.birth !== before.birth || now.size < before.size;
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
