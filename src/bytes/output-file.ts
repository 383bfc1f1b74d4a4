import {
	chmodSync,
	closeSync,
	constants,
	existsSync,
	fstatSync,
	fsyncSync,
	lstatSync,
	openSync,
	readlinkSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { inContext } from "./error.ts";
import { addUnfinished, forgetUnfinished } from "./unfinished-files.ts";

/** Symbolic links that are followed before the name counts as a loop, as in Linux (`MAXSYMLINKS`). */
const LINKS_MAX = 40;

/**
 * Links such as `/dev/stdout` and `/dev/fd/3` lead here. Their files are already open and have no name of their own.
 */
const PROCFS = "/proc/";

/** A file that is being written. Every failure is one `DeCryptoError` that names the file. */
export interface OutputFile {
	readonly path: string;
	/** Bytes written so far. */
	readonly written: number;
	/** Writes all of the bytes before it returns; they may be reused afterwards. */
	write(bytes: Uint8Array): void;
	/** The content is complete: renames the file to its final name. */
	close(): void;
	/** The content is not complete: a previous file of this name is unchanged. Without effect after `close`. */
	discard(): void;
}

/**
 * A batch output: written under a temporary name in the same directory and renamed by `close`, so that a run that fails
 * or is interrupted leaves the previous file untouched. Links are followed, permissions are kept. Devices, pipes and
 * `/dev/stdout` are written directly.
 */
export function openOutputFile(path: string): OutputFile {
	return attempt(path, () => {
		const target = targetOf(path);
		const previous = statSync(target, { throwIfNoEntry: false });
		if ((previous && !previous.isFile()) || target.startsWith(PROCFS))
			return new WrittenFile(path, openSync(target, "w"));
		const temporary = temporaryName(target);
		const descriptor = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
		addUnfinished(temporary);
		if (previous) chmodSync(temporary, previous.mode & 0o7777);
		return new WrittenFile(path, descriptor, { temporary, target });
	});
}

/** Replaces the whole content of a file. */
export function replaceFile(path: string, content: string | Uint8Array): void {
	const file = openOutputFile(path);
	try {
		file.write(typeof content === "string" ? Buffer.from(content) : content);
		file.close();
	} catch (error) {
		file.discard();
		throw error;
	}
}

interface Renaming {
	readonly temporary: string;
	readonly target: string;
}

class WrittenFile implements OutputFile {
	readonly path: string;
	written = 0;
	#descriptor: number | undefined;
	readonly #renaming: Renaming | undefined;

	constructor(path: string, descriptor: number, renaming?: Renaming) {
		this.path = path;
		this.#descriptor = descriptor;
		this.#renaming = renaming;
	}

	write(bytes: Uint8Array): void {
		attempt(this.path, () => writeAllSync(this.#descriptor!, bytes));
		this.written += bytes.length;
	}

	close(): void {
		if (this.#descriptor === undefined) return;
		try {
			attempt(this.path, () => {
				syncIfRegular(this.#descriptor!);
				this.#closeDescriptor();
				if (this.#renaming) renameSync(this.#renaming.temporary, this.#renaming.target);
			});
		} catch (error) {
			this.#removeTemporary();
			throw error;
		}
		if (this.#renaming) forgetUnfinished(this.#renaming.temporary);
	}

	discard(): void {
		if (this.#descriptor === undefined) return;
		this.#closeDescriptor();
		this.#removeTemporary();
	}

	#closeDescriptor(): void {
		const descriptor = this.#descriptor;
		this.#descriptor = undefined;
		if (descriptor !== undefined) closeSync(descriptor);
	}

	#removeTemporary(): void {
		if (!this.#renaming) return;
		rmSync(this.#renaming.temporary, { force: true });
		forgetUnfinished(this.#renaming.temporary);
	}
}

/** Writes all of the bytes: a full disk accepts a part first and reports its error at the next write. */
export function writeAllSync(descriptor: number, bytes: Uint8Array): void {
	for (let at = 0; at < bytes.length; ) at += writeSome(descriptor, bytes, at);
}

/** A pipe may be non-blocking because another process made it so. */
function writeSome(descriptor: number, bytes: Uint8Array, at: number): number {
	try {
		return writeSync(descriptor, bytes, at);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
		return 0;
	}
}

/** The target of a chain of links; the last link may point at a file that does not exist yet. */
function targetOf(path: string): string {
	let target = path;
	for (let links = 0; links < LINKS_MAX; links++) {
		if (target.startsWith(PROCFS) || !lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
		target = resolve(dirname(target), readlinkSync(target));
	}
	return target;
}

function temporaryName(target: string): string {
	for (let i = 0; ; i++) {
		const name = join(dirname(target), `.${basename(target)}.${process.pid}.${i}.part`);
		if (!lstatSync(name, { throwIfNoEntry: false })) return name;
	}
}

/** Some errors of a file system are reported only by fsync. Pipes and devices have no fsync. */
function syncIfRegular(descriptor: number): void {
	if (fstatSync(descriptor).isFile()) fsyncSync(descriptor);
}

function attempt<T>(path: string, action: () => T): T {
	try {
		return action();
	} catch (error) {
		throw inContext(
			path,
			isWithoutDirectory(path, error) ? new Error(`there is no directory ${dirname(path)}`) : error,
		);
	}
}

/** "No such file" would name the file to be created. */
function isWithoutDirectory(path: string, error: unknown): boolean {
	return (error as NodeJS.ErrnoException).code === "ENOENT" && !existsSync(dirname(path));
}
