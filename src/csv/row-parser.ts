import type { FlowColumnsBuilder, ListColumnBuilder } from "../flow/columns-builder.ts";
import { hexDigit, readAddress } from "./address-text.ts";
import { KIND, SCALAR, type Slot } from "./layout.ts";
import { PROBLEM, type Problem } from "./problem.ts";
import { TimeReader } from "./time-text.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BAR = 0x7c;

/**
 * Parses rows of text into a batch, byte by byte: no string, no object and no exception per row. The column determines
 * the type of a field, so each byte is examined once. Its oracle is `row-parser.oracle.testing.ts`.
 */
export class RowParser {
	/** The problem of the last refused row, and its column. */
	problem: Problem = PROBLEM.NONE;
	column = 0;
	readonly #slots: readonly Slot[];
	readonly #builder: FlowColumnsBuilder;
	readonly #time = new TimeReader();
	#number = 0;
	/** The content of a quoted field, without its quotation marks. */
	#unquoted = new Uint8Array(256);

	constructor(slots: readonly Slot[], builder: FlowColumnsBuilder) {
		this.#slots = slots;
		this.#builder = builder;
	}

	/** Appends the flow of the row `bytes[begin … end)`; false, and nothing appended, if the row is invalid. */
	parse(bytes: Uint8Array, begin: number, end: number): boolean {
		const slots = this.#slots;
		const last = slots.length - 1;
		let at = begin;
		for (let c = 0; c <= last; c++) {
			const slot = slots[c]!;
			const next =
				at < end && bytes[at] === QUOTE ? this.#quoted(slot, bytes, at, end) : this.#field(slot, bytes, at, end);
			if (next < 0) return this.#refuse(c, -next as Problem);
			if (next === end) {
				if (c < last) return this.#refuse(c + 1, PROBLEM.FEW);
			} else if (bytes[next] !== COMMA) return this.#refuse(c, problemOf(slot));
			else if (c === last) return this.#refuse(c, PROBLEM.MANY);
			at = next + 1;
		}
		this.#builder.endFlow();
		return true;
	}

	/** Reads the text of one column's value; the caller ends the flow. For files whose cells are separate texts. */
	readCell(column: number, text: Uint8Array): Problem {
		const slot = this.#slots[column]!;
		const next = slot.kind === KIND.TEXT ? this.#takeText(slot, text) : this.#field(slot, text, 0, text.length);
		return next < 0 ? (-next as Problem) : next < text.length ? problemOf(slot) : PROBLEM.NONE;
	}

	/** Stores a number, or a time in microseconds, as the column's value of the current flow. */
	storeNumber(column: number, value: number): void {
		this.#store(this.#slots[column]!.scalar, value);
	}

	#takeText(slot: Slot, text: Uint8Array): number {
		slot.list.append(text);
		return text.length;
	}

	#refuse(column: number, problem: Problem): false {
		this.#builder.rollback();
		this.column = column;
		this.problem = problem;
		return false;
	}

	/** A field between quotation marks; a doubled mark inside means one (RFC 4180). */
	#quoted(slot: Slot, bytes: Uint8Array, begin: number, end: number): number {
		if (this.#unquoted.length < end - begin) this.#unquoted = new Uint8Array(2 * (end - begin));
		const unquoted = this.#unquoted;
		let length = 0;
		let at = begin + 1;
		for (; ; at++) {
			if (at >= end) return -PROBLEM.OPEN;
			if (bytes[at] === QUOTE && (++at >= end || bytes[at] !== QUOTE)) break;
			unquoted[length++] = bytes[at]!;
		}
		if (at < end && bytes[at] !== COMMA) return -PROBLEM.QUOTE;
		if (slot.kind === KIND.TEXT) slot.list.append(unquoted, 0, length);
		else if (slot.kind !== KIND.IGNORED) {
			const next = this.#field(slot, unquoted, 0, length);
			if (next < 0) return next;
			if (next !== length) return -problemOf(slot);
		}
		return at;
	}

	/** Reads the field at `at` and stores it; returns the index after it, or a negated {@link PROBLEM}. */
	#field(slot: Slot, bytes: Uint8Array, at: number, end: number): number {
		const empty = at >= end || bytes[at] === COMMA;
		if (empty && slot.required) return -PROBLEM.EMPTY;
		let next = at;
		switch (slot.kind) {
			case KIND.NUMBER:
				if (empty) this.#number = 0;
				else next = this.#unsigned(bytes, at, end, slot.max);
				this.#store(slot.scalar, this.#number);
				return next;
			case KIND.TIME:
				if (empty) this.#time.value = 0;
				else next = this.#time.read(bytes, at, end);
				this.#store(slot.scalar, this.#time.value);
				return next;
			case KIND.ADDRESS:
				return this.#address(bytes, at, end, 32 * this.#builder.length + (slot.scalar === SCALAR.SOURCE ? 0 : 16));
			case KIND.NUMBERS:
				return empty ? at : this.#numbers(slot, bytes, at, end);
			case KIND.TIMES:
				return empty ? at : this.#times(slot.list, bytes, at, end);
			case KIND.HEX:
				return hexadecimal(slot.list, bytes, at, end);
			default:
				while (next < end && bytes[next] !== COMMA) next++;
				if (slot.kind === KIND.TEXT) slot.list.append(bytes, at, next);
				return next;
		}
	}

	#unsigned(bytes: Uint8Array, begin: number, end: number, max: number): number {
		let value = 0;
		let at = begin;
		for (; at < end; at++) {
			const digit = bytes[at]! - 48;
			if (digit < 0 || digit > 9) break;
			value = value * 10 + digit;
		}
		if (at === begin) return -PROBLEM.NUMBER;
		// Beyond 2^53 the sum above rounds at every digit; `Number` finds the nearest double.
		if (at - begin > 15) value = Number(String.fromCharCode(...bytes.subarray(begin, Math.min(at, begin + 400))));
		if (value > max) return -PROBLEM.RANGE;
		this.#number = value;
		return at;
	}

	#address(bytes: Uint8Array, at: number, end: number, offset: number): number {
		const { addresses } = this.#builder;
		if (at < end && bytes[at] !== COMMA) return readAddress(bytes, at, end, addresses, offset);
		addresses.fill(0, offset, offset + 16);
		return at;
	}

	#numbers(slot: Slot, bytes: Uint8Array, at: number, end: number): number {
		if (bytes[at++] !== OPEN) return -PROBLEM.LIST;
		if (at < end && bytes[at] === CLOSE) return at + 1;
		const { list, min, max } = slot;
		list.reserve((end - at) >> 1);
		const values = list.values;
		let used = list.used;
		while (true) {
			const negative = at < end && bytes[at] === MINUS;
			if (negative) at++;
			const first = at;
			let value = 0;
			for (; at < end; at++) {
				const digit = bytes[at]! - 48;
				if (digit < 0 || digit > 9) break;
				value = value * 10 + digit;
			}
			if (at === first || at >= end) return -PROBLEM.LIST;
			if (negative) value = -value;
			if (value < min || value > max) return -PROBLEM.RANGE;
			values[used++] = value;
			const byte = bytes[at++];
			if (byte === BAR) continue;
			list.used = used;
			return byte === CLOSE ? at : -PROBLEM.LIST;
		}
	}

	#times(list: ListColumnBuilder<Uint8Array>, bytes: Uint8Array, at: number, end: number): number {
		if (bytes[at++] !== OPEN) return -PROBLEM.LIST;
		if (at < end && bytes[at] === CLOSE) return at + 1;
		const time = this.#time;
		while (true) {
			at = time.read(bytes, at, end);
			if (at < 0) return at;
			if (at >= end) return -PROBLEM.LIST;
			list.push(time.value);
			const byte = bytes[at++];
			if (byte === CLOSE) return at;
			if (byte !== BAR) return -PROBLEM.LIST;
		}
	}

	#store(scalar: number, value: number): void {
		const builder = this.#builder;
		const i = builder.length;
		switch (scalar) {
			case SCALAR.BYTES:
				builder.bytes[i] = value;
				break;
			case SCALAR.BYTES_REVERSE:
				builder.bytesReverse[i] = value;
				break;
			case SCALAR.PACKETS:
				builder.packets[i] = value;
				break;
			case SCALAR.PACKETS_REVERSE:
				builder.packetsReverse[i] = value;
				break;
			case SCALAR.SOURCE_PORT:
				builder.sourcePort[i] = value;
				break;
			case SCALAR.DESTINATION_PORT:
				builder.destinationPort[i] = value;
				break;
			case SCALAR.PROTOCOL:
				builder.protocol[i] = value;
				break;
			case SCALAR.TCP_FLAGS:
				builder.tcpFlags[i] = value;
				break;
			case SCALAR.TCP_FLAGS_REVERSE:
				builder.tcpFlagsReverse[i] = value;
				break;
			case SCALAR.TIME_FIRST:
				builder.timeFirst[i] = value;
				break;
			case SCALAR.TIME_LAST:
				builder.timeLast[i] = value;
				break;
			case SCALAR.VLAN:
				builder.vlan![i] = value;
		}
	}
}

function hexadecimal(list: ListColumnBuilder<Uint8Array>, bytes: Uint8Array, at: number, end: number): number {
	while (at < end && bytes[at] !== COMMA) {
		const high = hexDigit(bytes[at]!);
		const low = at + 1 < end ? hexDigit(bytes[at + 1]!) : -1;
		if (high < 0 || low < 0) return -PROBLEM.HEX;
		list.push(high * 16 + low);
		at += 2;
	}
	return at;
}

const PROBLEM_OF_KIND: readonly Problem[] = [
	PROBLEM.QUOTE,
	PROBLEM.NUMBER,
	PROBLEM.TIME,
	PROBLEM.ADDRESS,
	PROBLEM.LIST,
	PROBLEM.LIST,
	PROBLEM.HEX,
	PROBLEM.QUOTE,
];

/** The problem if a field of this column continues although it should end. */
function problemOf(slot: Slot): Problem {
	return PROBLEM_OF_KIND[slot.kind]!;
}
