import { type FileHandle, open } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { type AsyncBuffer, type Compressors, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { countMalformed, createCounters, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { CsvOptions } from "./csv-source.ts";
import { bindLayout, KIND, layoutOf, type Slot } from "./layout.ts";
import { PROBLEM, PROBLEM_NAMES, type Problem } from "./problem.ts";
import { RowParser } from "./row-parser.ts";

const MAGIC = Buffer.from("PAR1");
const MAX_BATCH = 8192;
const SHOWN_ROWS = 5;
/** Flow files have row groups of some 100 MB at most; what says more would not be held in memory. */
const MAX_GROUP_BYTES = 2n ** 31n;
const MAX_GROUP_ROWS = 1 << 23;
const MAX_CELL = 1 << 18;

/** Whether an input begins as a Parquet file does. */
export function isParquet(head: Uint8Array): boolean {
	return MAGIC.equals(head.subarray(0, 4));
}

/**
 * Flows of a Parquet file with the column names of CSV, one row group in memory at a time. Lists are lists, times are
 * timestamps or, as in CSV, text or seconds since the epoch; payload is bytes, or hexadecimal text.
 * Throws (code `parquet`, `csv-header`) from the first pull where the file cannot be read or has no flows.
 */
export function openParquetSource(path: string, options: CsvOptions = {}): FlowSource {
	return new ParquetSource(path, options);
}

class ParquetSource implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #options: CsvOptions;
	#stopped = false;
	#shown = 0;

	constructor(path: string, options: CsvOptions) {
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
			const row = new RowReader(slots, builder);
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

	async [Symbol.asyncDispose](): Promise<void> {
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

	#refuse(slots: readonly Slot[], { problem, column }: RowReader, index: number): void {
		const reason = PROBLEM_NAMES[problem]!;
		countMalformed(this.counters, `parquet: ${reason}`);
		if (this.#shown++ >= SHOWN_ROWS) return;
		this.counters.warnings.push(`${this.name}: row ${index + 1}: column ${slots[column]!.name}: ${reason}`);
	}
}

/** The values of each column of a row group, in the order of the layout; undefined for a column that is not wanted. */
type GroupColumns = readonly (readonly unknown[] | undefined)[];

async function readGroup(
	file: AsyncBuffer,
	metadata: FileMetaData,
	slots: readonly Slot[],
	rowStart: number,
	count: number,
): Promise<GroupColumns> {
	const columns: (readonly unknown[] | undefined)[] = [];
	// One column at a time: of several at once that are damaged, the library leaves all rejections but one unhandled.
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

/** What a page may grow to is what the file says it does, no more. */
const COMPRESSORS: Compressors = {
	GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
	ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
	BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};

/** Timestamps as whole microseconds: a Date would lose them. Text stays bytes, told apart from binary by its class. */
const PARSERS = {
	timestampFromMilliseconds: (value: bigint) => new Microseconds(Number(value) * 1000),
	timestampFromMicroseconds: (value: bigint) => new Microseconds(Number(value)),
	timestampFromNanoseconds: (value: bigint) => new Microseconds(Number(value / 1000n)),
	stringFromBytes: (bytes: Uint8Array | undefined) => bytes && new Text(bytes),
};

class Microseconds {
	readonly value: number;
	constructor(value: number) {
		this.value = value;
	}
}

class Text {
	readonly bytes: Uint8Array;
	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}
}

/** Rows of values of a row group into a batch. */
class RowReader {
	/** Why the last row was refused, and at which column. */
	problem: Problem = PROBLEM.NONE;
	column = 0;
	readonly #slots: readonly Slot[];
	readonly #builder: FlowColumnsBuilder;
	readonly #cells: RowParser;

	constructor(slots: readonly Slot[], builder: FlowColumnsBuilder) {
		this.#slots = slots;
		this.#builder = builder;
		this.#cells = new RowParser(slots, builder);
	}

	/** Appends the flow of row i; false, and nothing appended, where it is none. */
	read(columns: GroupColumns, i: number): boolean {
		for (let c = 0; c < columns.length; c++) {
			const values = columns[c];
			this.problem = values ? this.#cell(c, values[i]) : PROBLEM.NONE;
			if (this.problem === PROBLEM.NONE) continue;
			this.column = c;
			this.#builder.rollback();
			return false;
		}
		this.#builder.endFlow();
		return true;
	}

	#cell(column: number, value: unknown): Problem {
		const slot = this.#slots[column]!;
		if (value instanceof Text) return this.#cells.readCell(column, value.bytes.subarray(0, MAX_CELL));
		if (value === null || value === undefined) return this.#cells.readCell(column, NOTHING);
		if (value instanceof Uint8Array) return this.#bytes(column, slot, value);
		switch (slot.kind) {
			case KIND.NUMBER: {
				const number = Number(value);
				if (!Number.isInteger(number)) return PROBLEM.NUMBER;
				if (number < 0 || number > slot.max) return PROBLEM.RANGE;
				this.#cells.storeNumber(column, number);
				return PROBLEM.NONE;
			}
			case KIND.TIME: {
				const time = microseconds(value);
				if (time === undefined) return PROBLEM.TIME;
				this.#cells.storeNumber(column, time);
				return PROBLEM.NONE;
			}
			case KIND.NUMBERS:
			case KIND.TIMES:
				return Array.isArray(value) ? this.#list(slot, value) : PROBLEM.LIST;
			default:
				return this.#cells.readCell(
					column,
					Buffer.from(value instanceof Microseconds ? String(value.value) : String(value)),
				);
		}
	}

	/** Bytes without a type are text where text belongs, and themselves where payload does. */
	#bytes(column: number, slot: Slot, value: Uint8Array): Problem {
		if (slot.kind !== KIND.HEX) return this.#cells.readCell(column, value);
		slot.list.append(value);
		return PROBLEM.NONE;
	}

	#list(slot: Slot, items: readonly unknown[]): Problem {
		for (const item of items) {
			const number = slot.kind === KIND.TIMES ? microseconds(item) : Number(item ?? Number.NaN);
			if (number === undefined || Number.isNaN(number)) return PROBLEM.LIST;
			if (slot.kind === KIND.NUMBERS && !(Number.isInteger(number) && number >= slot.min && number <= slot.max)) {
				return PROBLEM.RANGE;
			}
			slot.list.push(number);
		}
		return PROBLEM.NONE;
	}
}

const NOTHING = new Uint8Array(0);

/** A timestamp, or seconds since the epoch, as microseconds; undefined where it is no time. */
function microseconds(value: unknown): number | undefined {
	const time = value instanceof Microseconds ? value.value : Math.round(Number(value) * 1e6);
	return typeof value === "object" && !(value instanceof Microseconds) ? undefined : valid(time);
}

function valid(time: number): number | undefined {
	return time >= 0 && time <= Number.MAX_SAFE_INTEGER ? time : undefined;
}

function topLevelNames({ schema }: FileMetaData): string[] {
	const names: string[] = [];
	let at = 1;
	for (let left = schema[0]?.num_children ?? 0; left > 0 && at < schema.length; left--) {
		names.push(schema[at]!.name);
		// Over the children of a nested column to the next of the top level.
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
			// Where a damaged file points elsewhere there is nothing: a rejection here would have no one to handle it.
			if (!(start >= 0 && end > start && start < size)) return new ArrayBuffer(0);
			const bytes = new Uint8Array(Math.min(end, size) - start);
			const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
			counters.bytesRead = Math.min(size, counters.bytesRead + bytesRead);
			return bytes.buffer;
		},
	};
}
