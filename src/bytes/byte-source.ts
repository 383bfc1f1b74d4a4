import { createReadStream, fstatSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { createCounters, type SourceCounters } from "./counters.ts";
import { inContext } from "./error.ts";
import { RegularFile } from "./regular-file.ts";

/** Bytes in chunks of any size. gzip and zstd are detected by content, not by name, and decompressed. */
export interface ByteSource extends AsyncIterable<Uint8Array> {
	readonly name: string;
	/** Bytes read before decompression and the size of the file, for progress. */
	readonly counters: SourceCounters;
	/** The first bytes, at most `count` of them, without consuming them. */
	peek(count: number): Promise<Uint8Array>;
	/**
	 * Reads at least one byte into `into`; 0 at the end. For readers that reuse their memory; do not mix with iteration.
	 */
	read(into: Uint8Array): Promise<number>;
	close(): void;
}

const CHUNK_SIZE = 1 << 20;
const GZIP_MAGIC = [0x1f, 0x8b];
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** Opens a file, or standard input for `-`. Throws (code `failed`), in the user's words, if it cannot be opened. */
export function openByteSource(path: string): ByteSource {
	if (path === "-") return new StreamByteSource("standard input", process.stdin, 0);
	try {
		const descriptor = openSync(path, "r");
		const stat = fstatSync(descriptor);
		if (stat.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
		if (stat.isFile()) return new StreamByteSource(path, new RegularFile(descriptor, CHUNK_SIZE), stat.size);
		const stream = createReadStream(path, { fd: descriptor, highWaterMark: CHUNK_SIZE });
		return new StreamByteSource(path, stream, 0);
	} catch (error) {
		throw inContext(path, error);
	}
}

/** Any readable stream of bytes as a source: the output of a child process, or a socket. */
export function byteSourceOf(name: string, stream: Readable): ByteSource {
	return new StreamByteSource(name, stream, 0);
}

class StreamByteSource implements ByteSource {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #raw: Readable | RegularFile;
	#isPlain = false;
	#chunks: AsyncIterator<Uint8Array> | undefined;
	#ahead: Uint8Array[] = [];
	#ended = false;

	constructor(name: string, raw: Readable | RegularFile, size: number) {
		this.name = name;
		this.#raw = raw;
		this.counters = createCounters(size);
	}

	async peek(count: number): Promise<Uint8Array> {
		this.#chunks ??= await this.#open();
		while (!this.#ended && lengthOf(this.#ahead) < count) await this.#pull();
		const all = this.#ahead.length === 1 ? this.#ahead[0]! : Buffer.concat(this.#ahead);
		if (this.#ahead.length > 1) this.#ahead = [all];
		return all.subarray(0, count);
	}

	async read(into: Uint8Array): Promise<number> {
		// Opening reads the first bytes to detect compression; they precede the next bytes of the file.
		if (this.#chunks === undefined) await this.peek(1);
		if (this.#ahead.length === 0 && this.#isPlain && this.#raw instanceof RegularFile) {
			const count = await this.#raw.read(into).catch((error) => {
				throw inContext(this.name, error);
			});
			this.counters.bytesRead += count;
			return count;
		}
		while (this.#ahead.length === 0 && !this.#ended) await this.#pull();
		const chunk = this.#ahead.shift();
		if (chunk === undefined) return 0;
		const count = Math.min(chunk.length, into.length);
		into.set(count < chunk.length ? chunk.subarray(0, count) : chunk);
		if (count < chunk.length) this.#ahead.unshift(chunk.subarray(count));
		return count;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		this.#chunks ??= await this.#open();
		try {
			while (true) {
				while (this.#ahead.length > 0) yield this.#ahead.shift()!;
				if (this.#ended) return;
				await this.#pull();
			}
		} finally {
			this.close();
		}
	}

	close(): void {
		this.#raw.destroy();
	}

	async #pull(): Promise<void> {
		try {
			const { done, value } = await this.#chunks!.next();
			if (done) this.#ended = true;
			else if (value.length > 0) this.#ahead.push(value);
		} catch (error) {
			// A truncated compressed file is read up to the cut, with a warning: readers then see a truncated file.
			this.#ended = true;
			if ((error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE") return;
			if (!isDecompressionError(error)) throw inContext(this.name, error);
			this.counters.warnings.push(`${this.name}: compressed data is damaged or cut short; read up to there`);
		}
	}

	async #open(): Promise<AsyncIterator<Uint8Array>> {
		const raw = countingChunks(this.#raw, this.counters);
		const first: Uint8Array[] = [];
		while (lengthOf(first) < ZSTD_MAGIC.length) {
			const { done, value } = await raw.next().catch((error) => {
				throw inContext(this.name, error);
			});
			if (done) break;
			first.push(value);
		}
		const head = Buffer.concat(first);
		const whole = chunksBehind(head, raw);
		const decoder = startsWith(head, GZIP_MAGIC)
			? createGunzip({ chunkSize: CHUNK_SIZE })
			: startsWith(head, ZSTD_MAGIC)
				? createZstdDecompress({ chunkSize: CHUNK_SIZE })
				: undefined;
		if (!decoder) {
			this.#isPlain = true;
			return whole;
		}
		feed(decoder, whole);
		return decoder[Symbol.asyncIterator]();
	}
}

async function feed(
	decoder: NodeJS.WritableStream & { destroy(error?: Error): void },
	chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
	try {
		for await (const chunk of chunks) {
			if (!decoder.write(chunk)) await new Promise<void>((resolve) => onceDrainedOrClosed(decoder, resolve));
		}
		decoder.end();
	} catch (error) {
		decoder.destroy(error as Error);
	}
}

function onceDrainedOrClosed(stream: NodeJS.WritableStream, resolve: () => void): void {
	const done = () => {
		stream.off("drain", done);
		stream.off("close", done);
		resolve();
	};
	stream.on("drain", done);
	stream.on("close", done);
}

async function* countingChunks(stream: AsyncIterable<unknown>, counters: SourceCounters): AsyncGenerator<Uint8Array> {
	for await (const chunk of stream) {
		counters.bytesRead += (chunk as Uint8Array).length;
		yield chunk as Uint8Array;
	}
}

async function* chunksBehind(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	if (head.length > 0) yield head;
	yield* rest;
}

function isDecompressionError(error: unknown): boolean {
	const code = (error as NodeJS.ErrnoException).code ?? "";
	return code.startsWith("Z_") || code.startsWith("ZSTD_");
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
	return magic.every((byte, i) => bytes[i] === byte);
}

function lengthOf(chunks: readonly Uint8Array[]): number {
	let length = 0;
	for (const chunk of chunks) length += chunk.length;
	return length;
}
