import type { ByteSource } from "../bytes/byte-source.ts";
import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { hasSemicolons, readHeader } from "./header.ts";
import { bindLayout, type Slot } from "./layout.ts";
import { PROBLEM, PROBLEM_NAMES, type Problem } from "./problem.ts";
import { RowParser } from "./row-parser.ts";

export interface CsvOptions {
	/** The columns without a meaning for a batch that are kept as attributes; default: all. */
	readonly attributes?: readonly string[];
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
/** Longest row (30 packets and 2 × 64 KiB of payload in hexadecimal fit). */
const MAX_ROW = 1 << 18;
/**
 * A row with an unclosed quotation is searched up to {@link MAX_ROW}. If every row of a file is such a row, that would
 * be quadratic: the bytes searched are bounded by the bytes read, and beyond that only {@link NEAR} bytes are searched.
 */
const SCAN_CREDIT = 32 * MAX_ROW;
const CREDIT_PER_BYTE = 16;
const NEAR = 1024;
const MAX_BATCH = 8192;
/** Rows that are quoted to the user; further ones are only counted. */
const SHOWN_ROWS = 5;

/**
 * Flows of a CSV file, streamed: memory is one batch and one row for any size of the file.
 * Throws (code `csv-header`) from the first pull if the header line has no columns of flows. Invalid rows are counted
 * by reason, the first few reported with line and column.
 */
export function openCsvSource(source: ByteSource, options: CsvOptions = {}): FlowSource {
	return new CsvSource(source, options);
}

class CsvSource implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #source: ByteSource;
	readonly #options: CsvOptions;
	/** Bytes received and not yet parsed: `#window[#begin … #end)`. */
	#window = Buffer.alloc(MAX_ROW);
	#begin = 0;
	#end = 0;
	#line = 0;
	#shown = 0;
	/** Bytes that may be searched for the end of open quotations; every read increases it. */
	#scanCredit = SCAN_CREDIT;
	/** Whether the rest of a row that was too long is being skipped. */
	#skipping = false;
	#slots: readonly Slot[] = [];
	/** Columns are separated by semicolons: rows are parsed with commas in place of them. */
	#hasSemicolons = false;
	#builder = new FlowColumnsBuilder();
	#rows = new RowParser([], this.#builder);
	#stopped = false;

	constructor(source: ByteSource, options: CsvOptions) {
		this.name = source.name;
		this.counters = source.counters;
		this.#source = source;
		this.#options = options;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		try {
			for await (const chunk of this.#source) {
				this.#receive(chunk);
				yield* this.#batches(false);
				if (this.#stopped) break;
			}
			this.#receive(new Uint8Array(0));
			yield* this.#batches(true);
			if (this.#line === 0) throw new DeCryptoError("csv-header", `${this.name}: the file is empty`);
		} finally {
			this.#source.close();
		}
	}

	stop(): void {
		this.#stopped = true;
		this.#source.close();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#source.close();
	}

	*#batches(ended: boolean): Generator<FlowColumns> {
		while (this.#nextRow(ended)) if (this.#builder.length >= MAX_BATCH) yield* this.#deliver();
		yield* this.#deliver();
	}

	*#deliver(): Generator<FlowColumns> {
		const builder = this.#builder;
		if (builder.length === 0) return;
		this.counters.flows += builder.length;
		yield builder.columns();
		builder.clear();
	}

	#receive(chunk: Uint8Array): void {
		const rest = this.#end - this.#begin;
		if (rest + chunk.length + 1 > this.#window.length) {
			const larger = Buffer.alloc(2 * (rest + chunk.length + 1));
			larger.set(this.#window.subarray(this.#begin, this.#end));
			this.#window = larger;
		} else this.#window.copyWithin(0, this.#begin, this.#end);
		this.#window.set(chunk, rest);
		this.#begin = 0;
		this.#end = rest + chunk.length;
	}

	/** Takes one row off the window; false if none is complete yet. At the end of the input the rest is a row. */
	#nextRow(ended: boolean): boolean {
		if (this.#begin === this.#end) return false;
		let newline = this.#newlineFrom(this.#begin);
		if (newline < 0) {
			if (!ended) {
				if (this.#end - this.#begin > MAX_ROW) this.#dropLongRow();
				return false;
			}
			newline = this.#end;
		}
		this.#line++;
		if (this.#skipping) {
			this.#skipping = false;
			this.#begin = newline + 1;
			return true;
		}
		if (this.#slots.length === 0) return this.#takeHeader(newline);
		return this.#takeRow(newline, ended);
	}

	#takeHeader(newline: number): boolean {
		this.#hasSemicolons = hasSemicolons(this.#window.subarray(this.#begin, newline));
		try {
			const layout = readHeader(this.#window.subarray(this.#begin, newline), this.#options.attributes);
			this.#builder = new FlowColumnsBuilder(layout.builder);
			this.#slots = bindLayout(layout, this.#builder);
			this.#rows = new RowParser(this.#slots, this.#builder);
		} catch (error) {
			throw inContext(this.name, error);
		}
		this.#begin = Math.min(newline + 1, this.#end);
		return true;
	}

	/**
	 * A row ends at the first newline that is not between quotation marks. If the quotation is never closed, the row
	 * is refused up to its first newline, so that one stray mark costs one row.
	 */
	#takeRow(firstNewline: number, ended: boolean): boolean {
		const begin = this.#begin;
		let newline = firstNewline;
		let taken = this.#parseRow(begin, newline);
		if (!taken && this.#rows.problem === PROBLEM.OPEN) {
			const limit = Math.min(this.#end, begin + Math.min(MAX_ROW, Math.max(NEAR, this.#scanCredit)));
			const found = quotedRowEnd(this.#window, begin, limit);
			const end = found === limit && limit < this.#end ? -1 : found;
			this.#scanCredit -= (end < 0 ? limit : end) - begin;
			if ((end < 0 || end === this.#end) && limit === this.#end && !ended && this.#end - begin <= MAX_ROW) {
				this.#line--;
				return false;
			}
			if (end > newline) {
				newline = end;
				taken = this.#parseRow(begin, newline);
			}
		}
		if (taken) {
			for (let at = firstNewline; at < newline; at++) if (this.#window[at] === NEWLINE) this.#line++;
		} else {
			this.#refuse(this.#rows.problem, this.#rows.column, begin, firstNewline);
			newline = firstNewline;
		}
		this.#scanCredit = Math.min(SCAN_CREDIT, this.#scanCredit + CREDIT_PER_BYTE * (newline + 1 - begin));
		this.#begin = Math.min(newline + 1, this.#end);
		return true;
	}

	/** Parses the row; skips an empty line. */
	#parseRow(begin: number, newline: number): boolean {
		const end = newline > begin && this.#window[newline - 1] === RETURN ? newline - 1 : newline;
		if (this.#hasSemicolons) separateByCommas(this.#window, begin, end);
		return end === begin || this.#rows.parse(this.#window, begin, end);
	}

	#dropLongRow(): void {
		if (!this.#skipping) this.#refuse(PROBLEM.LONG, 0, this.#begin, this.#begin, this.#line + 1);
		this.#skipping = true;
		this.#begin = this.#end;
	}

	#newlineFrom(at: number): number {
		const newline = this.#window.indexOf(NEWLINE, at);
		return newline < this.#end ? newline : -1;
	}

	#refuse(problem: Problem, column: number, begin: number, end: number, line = this.#line): void {
		const reason = PROBLEM_NAMES[problem]!;
		countMalformed(this.counters, `csv: ${reason}`);
		if (this.#shown++ >= SHOWN_ROWS) return;
		const where = column < this.#slots.length ? `column ${this.#slots[column]!.name}: ` : "";
		const value = fieldText(this.#window, begin, end, column);
		this.counters.warnings.push(`${this.name}: line ${line}: ${where}${reason}${value && `: ${value}`}`);
	}
}

/** Replaces semicolons outside of quotation marks by commas. */
function separateByCommas(bytes: Uint8Array, begin: number, end: number): void {
	let quoted = false;
	for (let at = begin; at < end; at++) {
		if (bytes[at] === QUOTE) quoted = !quoted;
		else if (bytes[at] === SEMICOLON && !quoted) bytes[at] = COMMA;
	}
}

/**
 * The end of a row with newlines between quotation marks: the index of its newline, `end` if the bytes end with it,
 * or -1 if a quotation is still open. One pass, so that no arrangement of marks is slow.
 */
function quotedRowEnd(bytes: Uint8Array, begin: number, end: number): number {
	let quoted = false;
	let atFieldBegin = true;
	for (let at = begin; at < end; at++) {
		const byte = bytes[at];
		if (byte === QUOTE && (quoted || atFieldBegin)) {
			if (quoted && bytes[at + 1] === QUOTE) at++;
			else quoted = !quoted;
		} else if (byte === NEWLINE && !quoted) return at;
		atFieldBegin = byte === COMMA && !quoted;
	}
	return quoted ? -1 : end;
}

/** The text of a field for a message: printable, and short. */
function fieldText(bytes: Uint8Array, begin: number, end: number, column: number): string {
	let at = begin;
	for (let c = 0; c < column && at < end; at++) if (bytes[at] === COMMA) c++;
	let next = at;
	while (next < end && bytes[next] !== COMMA) next++;
	if (at === next) return "";
	const text = String.fromCharCode(...bytes.subarray(at, Math.min(next, at + 40)));
	return JSON.stringify(next - at > 40 ? `${text}…` : text);
}
