import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { inContext } from "../../bytes/error.ts";
import type { NotificationFormat } from "../notification-format.ts";
import type { Message, Transport } from "../transport.ts";

/** When a file makes room for a new one. Old files are named `path.1` (the youngest), `path.2` … */
export interface Rotation {
	/** Bytes. */
	readonly size?: number;
	/** Milliseconds since this program, or an earlier run, began the file. */
	readonly age?: number;
	/** Old files that stay. */
	readonly keep: number;
}

/** Appends to a file. What was resolved is on the disk; SIGHUP (`reopen`) follows a file that logrotate moved away. */
export class FileTransport implements Transport {
	readonly #path: string;
	readonly #format: NotificationFormat;
	readonly #rotation: Rotation | undefined;
	#file: FileHandle | undefined;
	#size = 0;
	#begun = 0;

	constructor(path: string, format: NotificationFormat, rotation?: Rotation) {
		this.#path = path;
		this.#format = format;
		this.#rotation = rotation;
	}

	async send({ body }: Message): Promise<void> {
		const bytes = Buffer.from(`${body}${this.#format.separator}`);
		try {
			await this.#rotateIfDue(bytes.length);
			const file = await this.#opened();
			await this.#append(file, bytes);
			await file.datasync();
		} catch (error) {
			await this.#closeQuietly();
			throw inContext(this.#path, error);
		}
	}

	async reopen(): Promise<void> {
		await this.close();
	}

	async close(): Promise<void> {
		const file = this.#file;
		this.#file = undefined;
		await file?.close();
	}

	/** All bytes or none: a full disk must not leave half a line in front of the next attempt. */
	async #append(file: FileHandle, bytes: Uint8Array): Promise<void> {
		try {
			await file.writeFile(bytes);
			this.#size += bytes.length;
		} catch (error) {
			await file.truncate(this.#size).catch(() => undefined);
			throw error;
		}
	}

	async #opened(): Promise<FileHandle> {
		if (this.#file) return this.#file;
		const file = await open(this.#path, "a", 0o640);
		this.#file = file;
		const { size, birthtimeMs, mtimeMs } = await file.stat();
		this.#size = size;
		this.#begun = birthtimeMs > 0 ? birthtimeMs : mtimeMs;
		const { header } = this.#format;
		if (size === 0 && header !== undefined) await this.#append(file, Buffer.from(`${header}\n`));
		return file;
	}

	async #rotateIfDue(more: number): Promise<void> {
		if (!this.#rotation) return;
		await this.#opened();
		const { size = Number.POSITIVE_INFINITY, age = Number.POSITIVE_INFINITY } = this.#rotation;
		if (this.#size === 0 || (this.#size + more <= size && Date.now() - this.#begun < age)) return;
		await this.close();
		await this.#shift(this.#rotation.keep);
	}

	async #shift(keep: number): Promise<void> {
		await rm(`${this.#path}.${keep}`, { force: true });
		for (let n = keep - 1; n >= 1; n--) {
			if (await isThere(`${this.#path}.${n}`)) await rename(`${this.#path}.${n}`, `${this.#path}.${n + 1}`);
		}
		if (keep > 0) await rename(this.#path, `${this.#path}.1`);
		else await rm(this.#path);
	}

	async #closeQuietly(): Promise<void> {
		await this.close().catch(() => undefined);
	}
}

async function isThere(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}
