import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { KIND, type Slot } from "./layout.ts";
import { PROBLEM, type Problem } from "./problem.ts";
import { RowParser } from "./row-parser.ts";

/** Longer text in one cell is truncated. */
const MAX_CELL = 1 << 18;

/** The values of each column of a row group, in the order of the layout; undefined for an unwanted column. */
export type GroupColumns = readonly (readonly unknown[] | undefined)[];

/**
 * Timestamps as whole microseconds: a Date would lose them. Text stays bytes; its class distinguishes it from binary.
 */
export const PARSERS = {
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
export class ParquetRows {
	/** The problem of the last refused row, and its column. */
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

	/** Appends the flow of row i; false, and nothing appended, if the row is invalid. */
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

	/** Bytes without a type are text in text columns, and bytes in payload columns. */
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

/** A timestamp, or seconds since the epoch, as microseconds; undefined if it is not a time. */
function microseconds(value: unknown): number | undefined {
	const time = value instanceof Microseconds ? value.value : Math.round(Number(value) * 1e6);
	return typeof value === "object" && !(value instanceof Microseconds) ? undefined : valid(time);
}

function valid(time: number): number | undefined {
	return time >= 0 && time <= Number.MAX_SAFE_INTEGER ? time : undefined;
}
