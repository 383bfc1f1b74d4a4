import { addressText, isIPv4 } from "../flow/address.ts";
import type { ListColumn } from "../flow/flow-columns.ts";

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BAR = 0x7c;
/** Most bytes of a number, a time or an address. */
const SCALAR_ROOM = 48;
const UINT64_LIMIT = 2 ** 64;

type NumberColumn = Uint8Array | Int8Array | Uint16Array | Float64Array;

const HEX = Buffer.from("0123456789abcdef");

/**
 * Growing text in bytes: numbers and times are written digit by digit, because strings would cost more than the row.
 */
export class TextBytes {
	bytes = new Uint8Array(1 << 20);
	length = 0;
	#day = Number.NaN;
	/** `2022-11-01T` of the last time. */
	#dayText = Buffer.from("");

	byte(byte: number): void {
		if (this.length === this.bytes.length) this.#reserve(1);
		this.bytes[this.length++] = byte;
	}

	/** A whole number; beyond 2^53 the double's exact value, at most the maximum of uint64. */
	number(value: number): void {
		this.#reserve(SCALAR_ROOM);
		if (value < 0) {
			this.bytes[this.length++] = 0x2d;
			value = -value;
		}
		if (value > Number.MAX_SAFE_INTEGER) {
			this.#latin(value >= UINT64_LIMIT ? "18446744073709551615" : BigInt(value).toString());
			return;
		}
		let digits = 1;
		for (let limit = 10; value >= limit; limit *= 10) digits++;
		this.#digits(value, digits);
	}

	numbers(column: ListColumn<NumberColumn>, i: number): void {
		const { values, offsets } = column;
		const begin = offsets[i]!;
		this.byte(OPEN);
		for (let at = begin; at < offsets[i + 1]!; at++) {
			if (at > begin) this.byte(BAR);
			this.number(values[at]!);
		}
		this.byte(CLOSE);
	}

	times(column: ListColumn<Float64Array>, i: number): void {
		const { values, offsets } = column;
		const begin = offsets[i]!;
		this.byte(OPEN);
		for (let at = begin; at < offsets[i + 1]!; at++) {
			if (at > begin) this.byte(BAR);
			this.time(values[at]!);
		}
		this.byte(CLOSE);
	}

	/** `2022-11-01T00:00:00.000001`. */
	time(microseconds: number): void {
		this.#reserve(SCALAR_ROOM);
		const day = Math.floor(microseconds / 86_400e6);
		if (day !== this.#day) {
			this.#day = day;
			this.#dayText = Buffer.from(new Date(day * 86_400e3).toISOString().replace(/T.*/, "T"));
		}
		for (let k = 0; k < this.#dayText.length; k++) this.bytes[this.length++] = this.#dayText[k]!;
		const rest = microseconds - day * 86_400e6;
		const seconds = Math.floor(rest / 1e6);
		this.#digits(Math.floor(seconds / 3600), 2);
		this.bytes[this.length++] = 0x3a;
		this.#digits(Math.floor(seconds / 60) % 60, 2);
		this.bytes[this.length++] = 0x3a;
		this.#digits(seconds % 60, 2);
		this.bytes[this.length++] = 0x2e;
		this.#digits(rest - seconds * 1e6, 6);
	}

	address(addresses: Uint8Array, offset: number): void {
		this.#reserve(SCALAR_ROOM);
		if (!isIPv4(addresses, offset)) {
			this.#latin(addressText(addresses, offset));
			return;
		}
		for (let part = 8; part < 12; part++) {
			const value = addresses[offset + part]!;
			if (part > 8) this.bytes[this.length++] = 0x2e;
			this.#digits(value, value < 10 ? 1 : value < 100 ? 2 : 3);
		}
	}

	hexadecimal(column: ListColumn<Uint8Array>, i: number): void {
		const { values, offsets } = column;
		const end = offsets[i + 1]!;
		this.#reserve(2 * (end - offsets[i]!));
		for (let at = offsets[i]!; at < end; at++) {
			this.bytes[this.length++] = HEX[values[at]! >> 4]!;
			this.bytes[this.length++] = HEX[values[at]! & 15]!;
		}
	}

	/** Printable bytes below `limit`; a quotation mark is doubled, a newline becomes a space. */
	printable(column: ListColumn<Uint8Array>, i: number, limit: number): void {
		const { values, offsets } = column;
		const end = offsets[i + 1]!;
		this.#reserve(2 * (end - offsets[i]!));
		for (let at = offsets[i]!; at < end; at++) {
			const byte = values[at]!;
			if (byte === QUOTE) this.bytes[this.length++] = QUOTE;
			if (byte === NEWLINE) this.bytes[this.length++] = 0x20;
			else if (byte >= 0x20 && byte < limit && byte !== 0x7f) this.bytes[this.length++] = byte;
		}
	}

	#digits(value: number, count: number): void {
		let at = this.length + count;
		this.length = at;
		for (let k = 0; k < count; k++) {
			const rest = Math.floor(value / 10);
			this.bytes[--at] = 48 + (value - rest * 10);
			value = rest;
		}
	}

	#latin(text: string): void {
		for (let k = 0; k < text.length; k++) this.bytes[this.length++] = text.charCodeAt(k);
	}

	#reserve(count: number): void {
		if (this.length + count <= this.bytes.length) return;
		const larger = new Uint8Array(Math.max(this.length + count, 2 * this.bytes.length));
		larger.set(this.bytes.subarray(0, this.length));
		this.bytes = larger;
	}
}
