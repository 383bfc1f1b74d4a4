import type { ListColumnBuilder } from "../flow/columns-builder.ts";

/**
 * Appends short runs of bytes to a list column, eight at a time: of the ways there are in JavaScript, a loop over two
 * DataViews is the fastest below some two hundred bytes (`TypedArray.set` wants a view made for each run first). The
 * 64-bit integers never become objects: the compiler keeps them in registers.
 */
export class ByteColumnWriter {
	readonly #column: ListColumnBuilder<Uint8Array> | ListColumnBuilder<Int8Array>;
	#values: Uint8Array | Int8Array;
	#view: DataView;

	constructor(column: ListColumnBuilder<Uint8Array> | ListColumnBuilder<Int8Array>) {
		this.#column = column;
		this.#values = column.values;
		this.#view = viewOf(column.values);
	}

	/** Appends the `length` bytes of `source` at `from`. */
	append(source: DataView, from: number, length: number): void {
		const column = this.#column;
		column.reserve(length);
		if (column.values !== this.#values) {
			this.#values = column.values;
			this.#view = viewOf(column.values);
		}
		copyBytes(source, from, this.#view, column.used, length);
		column.used += length;
	}
}

/** Copies `length` bytes; the regions do not overlap. The last eight are copied as eight, though some of them twice. */
export function copyBytes(source: DataView, from: number, target: DataView, to: number, length: number): void {
	if (length < 8) {
		for (let i = 0; i < length; i++) target.setUint8(to + i, source.getUint8(from + i));
		return;
	}
	const last = length - 8;
	for (let i = 0; i < last; i += 8) target.setBigUint64(to + i, source.getBigUint64(from + i, true), true);
	target.setBigUint64(to + last, source.getBigUint64(from + last, true), true);
}

function viewOf(values: Uint8Array | Int8Array): DataView {
	return new DataView(values.buffer, values.byteOffset, values.byteLength);
}
