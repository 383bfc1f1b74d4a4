import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inContext } from "../bytes/error.ts";
import type { BusMessage, MessageHeaders } from "./bus.ts";

const SUFFIX = ".batch";

export interface SpooledFile {
	readonly name: string;
	readonly bytes: number;
}

/**
 * Batches on disk that wait for the bus, one file each, the oldest first. They outlive the program, not the machine's
 * power: files are not forced to the disk. One directory belongs to one sensor.
 */
export class Spool {
	readonly #directory: string;
	readonly #capacity: number;
	readonly #files = new Map<number, SpooledFile[]>();
	#counter = 0;
	/** Bytes that wait. */
	bytes = 0;

	/** `capacity`: bytes at most. Finds what an earlier run left. Throws where the directory cannot be used. */
	constructor(directory: string, capacity: number) {
		this.#directory = directory;
		this.#capacity = capacity;
		try {
			mkdirSync(directory, { recursive: true });
			for (const name of readdirSync(directory).sort()) this.#find(name);
		} catch (error) {
			throw inContext(`spool ${directory}`, error);
		}
	}

	/** Files of the partition that wait. */
	waiting(partition: number): number {
		return this.#files.get(partition)?.length ?? 0;
	}

	/** Whether `bytes` more fit. */
	hasRoom(bytes: number): boolean {
		return this.bytes + bytes <= this.#capacity;
	}

	/** Writes the batch. Returns false where it has no room or the disk does not take it. */
	put(partition: number, { headers, body }: BusMessage): boolean {
		const head = Buffer.from(`${JSON.stringify(headers)}\n`);
		const bytes = head.length + body.length;
		if (!this.hasRoom(bytes)) return false;
		const name = `${partition}-${Date.now().toString(36).padStart(9, "0")}-${String(this.#counter++).padStart(9, "0")}${SUFFIX}`;
		const path = join(this.#directory, name);
		try {
			writeFileSync(`${path}.part`, Buffer.concat([head, body]));
			renameSync(`${path}.part`, path);
		} catch {
			rmSync(`${path}.part`, { force: true });
			return false;
		}
		this.#add(partition, { name, bytes });
		return true;
	}

	/** The partition's oldest batch, which stays until {@link remove}; files that cannot be read are removed. */
	take(partition: number): { readonly file: SpooledFile; readonly message: BusMessage } | undefined {
		for (;;) {
			const file = this.#files.get(partition)?.shift();
			if (file === undefined) return undefined;
			const message = this.#read(file);
			if (message !== undefined) return { file, message };
			this.remove(file);
		}
	}

	/** Gives back a batch that was not delivered. */
	giveBack(partition: number, file: SpooledFile): void {
		const files = this.#files.get(partition) ?? [];
		files.push(file);
		files.sort((a, b) => (a.name < b.name ? -1 : 1));
		this.#files.set(partition, files);
	}

	remove({ name, bytes }: SpooledFile): void {
		rmSync(join(this.#directory, name), { force: true });
		this.bytes -= bytes;
	}

	#find(name: string): void {
		const path = join(this.#directory, name);
		const [, partition] = /^(\d+)-.*\.batch$/.exec(name) ?? [];
		if (name.endsWith(".part")) rmSync(path, { force: true });
		else if (partition !== undefined) this.#add(Number(partition), { name, bytes: statSync(path).size });
	}

	#add(partition: number, file: SpooledFile): void {
		const files = this.#files.get(partition);
		if (files) files.push(file);
		else this.#files.set(partition, [file]);
		this.bytes += file.bytes;
	}

	#read({ name }: SpooledFile): BusMessage | undefined {
		try {
			const whole = readFileSync(join(this.#directory, name));
			const end = whole.indexOf("\n");
			const headers: unknown = JSON.parse(whole.toString("utf8", 0, end));
			return isHeaders(headers) ? { headers, body: whole.subarray(end + 1) } : undefined;
		} catch {
			return undefined;
		}
	}
}

function isHeaders(value: unknown): value is MessageHeaders {
	return typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
}
