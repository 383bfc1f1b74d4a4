import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import { COPY_SLACK, copyRun } from "./copy-run.ts";
import { microsecondsOf } from "./time.ts";

/**
 * A block of whole records, whose dynamic fields are appended to list columns, one field of all records after the
 * other: loops so tight that the compiler keeps everything in registers.
 */
export interface RecordBlock {
	/** The records' memory, with {@link COPY_SLACK} behind the last of them. */
	readonly view: DataView;
	/**
	 * Record k of the block, `first` ≤ k < `end`, begins at `begins[k]`; its dynamic fields `fixedLength` behind that. Read
	 * with `| 0`, so that positions are computed in signed 32-bit integers.
	 */
	readonly begins: Uint32Array;
	readonly fixedLength: number;
	first: number;
	end: number;
	/** Bytes of all dynamic parts: no field has more. */
	dynamicLength: number;
}

/** A slot as one 32-bit integer: the field's offset, and above it its length. */
export const LENGTH_SHIFT = 16;
export const OFFSET_MASK = 0xffff;
/** JA3 is an MD5: 16 bytes where it is sent raw, as ipfixprobe does. */
const JA3_LENGTH = 16;
const HEX = new TextEncoder().encode("0123456789abcdef");

/** Appends the field in `slot` as bytes. */
export function appendBytes(
	{ view, begins, fixedLength, first, end, dynamicLength }: RecordBlock,
	slot: number,
	column: ListColumnBuilder<Uint8Array> | ListColumnBuilder<Int8Array>,
): void {
	column.reserveFlows(end - first, dynamicLength + COPY_SLACK);
	const { values, offsets } = column;
	const target = new DataView(values.buffer, values.byteOffset, values.byteLength);
	let { used, flows } = column;
	for (let k = first; k < end; k++) {
		const begin = begins[k]! | 0;
		const slotted = view.getUint32(begin + slot, true);
		const length = slotted >>> LENGTH_SHIFT;
		// The offset of an empty field means nothing and may point anywhere.
		if (length > 0) copyRun(view, begin + fixedLength + (slotted & OFFSET_MASK), target, used, length);
		used += length;
		offsets[++flows] = used;
	}
	column.filled(end - first);
}

/** Appends a field of 16-bit integers. */
export function appendLengths(
	{ view, begins, fixedLength, first, end, dynamicLength }: RecordBlock,
	slot: number,
	column: ListColumnBuilder<Uint16Array>,
): void {
	column.reserveFlows(end - first, dynamicLength >> 1);
	const { values, offsets } = column;
	let { used, flows } = column;
	for (let k = first; k < end; k++) {
		const begin = begins[k]! | 0;
		const slotted = view.getUint32(begin + slot, true);
		const count = slotted >>> (LENGTH_SHIFT + 1);
		const from = begin + fixedLength + (slotted & OFFSET_MASK);
		for (let n = 0; n < count; n++) values[used + n] = view.getUint16(from + 2 * n, true);
		used += count;
		offsets[++flows] = used;
	}
	column.filled(end - first);
}

/** Appends a field of times. */
export function appendTimes(
	{ view, begins, fixedLength, first, end, dynamicLength }: RecordBlock,
	slot: number,
	column: ListColumnBuilder<Float64Array>,
): void {
	column.reserveFlows(end - first, dynamicLength >> 3);
	const { values, offsets } = column;
	let { used, flows } = column;
	for (let k = first; k < end; k++) {
		const begin = begins[k]! | 0;
		const slotted = view.getUint32(begin + slot, true);
		const count = slotted >>> (LENGTH_SHIFT + 3);
		const from = begin + fixedLength + (slotted & OFFSET_MASK);
		for (let n = 0; n < count; n++) {
			const at = from + 8 * n;
			values[used + n] = microsecondsOf(view.getUint32(at + 4, true), view.getUint32(at, true));
		}
		used += count;
		offsets[++flows] = used;
	}
	column.filled(end - first);
}

/** Appends a raw JA3 as the hexadecimal digits that it is known by; nothing where the field has another length. */
export function appendJa3(
	{ view, begins, fixedLength, first, end }: RecordBlock,
	slot: number,
	column: ListColumnBuilder<Uint8Array>,
): void {
	for (let k = first; k < end; k++) {
		const begin = begins[k]! | 0;
		const slotted = view.getUint32(begin + slot, true);
		const from = begin + fixedLength + (slotted & OFFSET_MASK);
		if (slotted >>> LENGTH_SHIFT === JA3_LENGTH) {
			for (let n = 0; n < JA3_LENGTH; n++) {
				const byte = view.getUint8(from + n);
				column.push(HEX[byte >> 4]!);
				column.push(HEX[byte & 15]!);
			}
		}
		column.endFlow();
	}
}
