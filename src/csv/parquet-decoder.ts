import { type FileHandle, open } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { type AsyncBuffer, type Compressors, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { countMalformed, createCounters, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { CsvOptions } from "./csv-source.ts";
import { bindLayout, KIND, layoutOf, type Slot } from "./layout.ts";
import { type GroupColumns, PARSERS, ParquetRows } from "./parquet-rows.ts";
import { PROBLEM_NAMES } from "./problem.ts";

const MAX_BATCH = 8192;
const SHOWN_ROWS = 5;
/** Flow files have row groups of some 100 MB at most; larger ones do not fit into memory. */
const MAX_GROUP_BYTES = 2n ** 31n;
const MAX_GROUP_ROWS = 1 << 23;

/**
 * Decodes the flows of a Parquet file, one row group in memory at a time. The library trusts the sizes in a page:
 * a damaged file can occupy it for hours. Therefore it runs on a thread that can be terminated (`openParquetSource`).
 */
export class ParquetDecoder {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #options: CsvOptions;
	#stopped = false;
	#shown = 0;

	constructor(path: string, options: CsvOptions = {}) {
		this.name = path;
		this.#options = options;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const handle = await open(this.name).catch((error) => {
			throw inContext(this.name, error);
		});
		try {
			const file = await asyncBuffer(handle, this.counters);
			const metadata = await this.#attempt(parquetMetadataAsync(file));
			const names = topLevelNames(metadata);
			const layout = await this.#attempt((async () => layoutOf(names, this.#options.attributes))());
			const builder = new FlowColumnsBuilder(layout.builder);
			const slots = bindLayout(layout, builder);
			const row = new ParquetRows(slots, builder);
			let first = 0;
			for (const group of metadata.row_groups) {
				if (this.#stopped) return;
				const count = Number(group.num_rows);
				if (!(count <= MAX_GROUP_ROWS) || group.total_byte_size > MAX_GROUP_BYTES) {
					const size = `${count} rows and ${group.total_byte_size} bytes`;
					throw new DeCryptoError("parquet", `${this.name}: a row group of ${size} is too large`);
				}
				const columns = await this.#attempt(readGroup(file, metadata, slots, first, count));
				for (let i = 0; i < count; i++) {
					if (!row.read(columns, i)) this.#refuse(slots, row, first + i);
					if (builder.length === MAX_BATCH) yield* this.#deliver(builder);
				}
				yield* this.#deliver(builder);
				first += count;
			}
		} finally {
			await handle.close();
		}
	}

	stop(): void {
		this.#stopped = true;
	}

	*#deliver(builder: FlowColumnsBuilder): Generator<FlowColumns> {
		if (builder.length === 0) return;
		this.counters.flows += builder.length;
		yield builder.columns();
		builder.clear();
	}

	async #attempt<T>(work: Promise<T>): Promise<T> {
		try {
			return await work;
		} catch (error) {
			if (error instanceof DeCryptoError) throw inContext(this.name, error);
			throw new DeCryptoError("parquet", `${this.name}: ${(error as Error).message}`, {}, error);
		}
	}

	#refuse(slots: readonly Slot[], { problem, column }: ParquetRows, index: number): void {
		const reason = PROBLEM_NAMES[problem]!;
		countMalformed(this.counters, `parquet: ${reason}`);
		if (this.#shown++ >= SHOWN_ROWS) return;
		this.counters.warnings.push(`${this.name}: row ${index + 1}: column ${slots[column]!.name}: ${reason}`);
	}
}

async function readGroup(
	file: AsyncBuffer,
	metadata: FileMetaData,
	slots: readonly Slot[],
	rowStart: number,
	count: number,
): Promise<GroupColumns> {
	const columns: (readonly unknown[] | undefined)[] = [];
	// One column at a time: if several damaged ones are read at once, the library leaves all rejections but one
	// unhandled.
	for (const { kind, name } of slots) {
		columns.push(kind === KIND.IGNORED ? undefined : await readColumn(file, metadata, name, rowStart, count));
	}
	return columns;
}

async function readColumn(
	file: AsyncBuffer,
	metadata: FileMetaData,
	name: string,
	rowStart: number,
	count: number,
): Promise<readonly unknown[]> {
	const values: unknown[] = [];
	await parquetRead({
		file,
		metadata,
		columns: [name],
		rowStart,
		rowEnd: rowStart + count,
		utf8: false,
		compressors: COMPRESSORS,
		parsers: PARSERS,
		onComplete: (rows) => {
			for (const [value] of rows) values.push(value);
		},
	});
	if (values.length === count) return values;
	throw new DeCryptoError("parquet", `column ${name} has ${values.length} values for ${count} rows`);
}

/** A page may grow to the size that the file declares, no further. */
const COMPRESSORS: Compressors = {
	GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
	ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
	BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};

function topLevelNames({ schema }: FileMetaData): string[] {
	const names: string[] = [];
	let at = 1;
	for (let left = schema[0]?.num_children ?? 0; left > 0 && at < schema.length; left--) {
		names.push(schema[at]!.name);
		// Skips the children of a nested column to the next column of the top level.
		for (let inside = 1; inside > 0 && at < schema.length; at++) inside += (schema[at]!.num_children ?? 0) - 1;
	}
	return names;
}

async function asyncBuffer(handle: FileHandle, counters: SourceCounters): Promise<AsyncBuffer> {
	const { size } = await handle.stat();
	counters.bytesTotal = size;
	return {
		byteLength: size,
		async slice(start, end = size) {
			// A damaged file that points elsewhere reads nothing: a rejection here would be unhandled.
			if (!(start >= 0 && end > start && start < size)) return new ArrayBuffer(0);
			const bytes = new Uint8Array(Math.min(end, size) - start);
			const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
			counters.bytesRead = Math.min(size, counters.bytesRead + bytesRead);
			return bytes.buffer;
		},
	};
}
