import { modelError } from "../model-error.ts";
import { PickleDict, PickleGlobal, PickleObject, PickleTuple } from "./pickle-values.ts";

/** An element type of numpy as far as forests use them; `size` in bytes. */
export interface ElementType {
	/** i: signed, u: unsigned, b: boolean, f: floating point, U: UTF-32 text, O: Python objects, V: a record. */
	readonly kind: string;
	readonly size: number;
	readonly littleEndian: boolean;
	/** Fields of a record: where each begins in it. */
	readonly fields: ReadonlyMap<string, { readonly type: ElementType; readonly offset: number }>;
}

/** A numpy array in C order. `data` are its bytes, or its objects where the element type is O. */
export interface PickledArray {
	readonly shape: readonly number[];
	readonly length: number;
	readonly type: ElementType;
	readonly data: Uint8Array | readonly unknown[];
}

/** The array of a description: `_reconstruct` with its state, or `_frombuffer`. `what` is the beginning of errors. */
export function arrayOf(value: unknown, what: string): PickledArray {
	if (value instanceof PickleObject && value.made.endsWith("._frombuffer")) {
		const [data, type, shape, order] = value.args;
		return checkedArray(shape, type, order === "F", data, what);
	}
	if (value instanceof PickleObject && value.made.endsWith("._reconstruct") && value.state instanceof PickleTuple) {
		const [, shape, type, fortran, data] = value.state.items;
		return checkedArray(shape, type, fortran, data, what);
	}
	throw modelError(`${what}: not an array`);
}

function checkedArray(shape: unknown, type: unknown, fortran: unknown, data: unknown, what: string): PickledArray {
	if (!(shape instanceof PickleTuple)) throw modelError(`${what}: without a shape`);
	const lengths = shape.items.map((length) => {
		if (!Number.isInteger(length) || (length as number) < 0) throw modelError(`${what}: shape ${length}`);
		return length as number;
	});
	const length = lengths.reduce((product, next) => product * next, 1);
	const element = elementType(type, what);
	// Fortran order differs from C order only where two dimensions are longer than 1.
	if (fortran === true && lengths.filter((n) => n > 1).length > 1) throw modelError(`${what}: in Fortran order`);
	if (element.kind === "O") {
		if (!Array.isArray(data) || data.length !== length) throw modelError(`${what}: not ${length} objects`);
		return { shape: lengths, length, type: element, data };
	}
	const bytes = bytesOf(data);
	if (bytes === undefined) throw modelError(`${what}: not bytes`);
	if (bytes.length !== length * element.size) {
		throw modelError(`${what}: ${bytes.length} bytes instead of ${length * element.size}`);
	}
	return { shape: lengths, length, type: element, data: bytes };
}

/** A Python `bytes`: as it is, or as protocol 2 wraps it. */
function bytesOf(value: unknown): Uint8Array | undefined {
	if (value instanceof Uint8Array) return value;
	if (!(value instanceof PickleObject) || value.made !== "_codecs.encode") return undefined;
	const [text, encoding] = value.args;
	if (typeof text !== "string" || encoding !== "latin1") return undefined;
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** `dtype('<f8')` and its like; the byte order and the fields are in the state. */
function elementType(value: unknown, what: string, inRecord = false): ElementType {
	const refuse = (why: string) => modelError(`${what}: element type ${why}`);
	if (!(value instanceof PickleObject) || value.made !== "numpy.dtype") throw refuse("is no dtype");
	const code = value.args[0];
	const match = typeof code === "string" ? /^([a-zA-Z])(\d{1,6})$/.exec(code) : null;
	if (match === null || Number(match[2]) === 0 || !(value.state instanceof PickleTuple)) throw refuse(`${code}`);
	const [, order, subarray, names, fields] = value.state.items;
	if (subarray !== null && subarray !== undefined) throw refuse(`${code} of arrays`);
	const kind = match[1]!;
	const size = Number(match[2]) * (kind === "U" ? 4 : 1);
	const base = { kind, size, littleEndian: order !== ">", fields: new Map() };
	if (kind !== "V") return base;
	if (inRecord || !(names instanceof PickleTuple) || !(fields instanceof PickleDict)) throw refuse(`${code}`);
	for (const name of names.items) {
		const field = typeof name === "string" ? fields.get(name) : undefined;
		if (!(field instanceof PickleTuple)) throw refuse(`${code}: field ${name}`);
		const [type, offset] = field.items;
		const element = elementType(type, what, true);
		if (!Number.isInteger(offset) || (offset as number) < 0 || (offset as number) + element.size > size) {
			throw refuse(`${code}: field ${name} at ${offset}`);
		}
		base.fields.set(name, { type: element, offset });
	}
	return base;
}

/** The numbers of an array, or of one field of its records, as doubles. */
export function numbersOf(array: PickledArray, what: string, field?: string): Float64Array {
	const place = field === undefined ? { type: array.type, offset: 0 } : array.type.fields.get(field);
	if (place === undefined) throw modelError(`${what}: no field ${field}`);
	if (!(array.data instanceof Uint8Array)) throw modelError(`${what}: objects instead of numbers`);
	const read = READERS.get(place.type.kind + place.type.size);
	if (read === undefined) throw modelError(`${what}: numbers of type ${place.type.kind}${place.type.size}`);
	const view = new DataView(array.data.buffer, array.data.byteOffset, array.data.byteLength);
	const numbers = new Float64Array(array.length);
	const { offset, type } = place;
	for (let i = 0; i < numbers.length; i++) numbers[i] = read(view, i * array.type.size + offset, type.littleEndian);
	return numbers;
}

const READERS: ReadonlyMap<string, (view: DataView, at: number, littleEndian: boolean) => number> = new Map<
	string,
	(view: DataView, at: number, littleEndian: boolean) => number
>([
	["b1", (view, at) => view.getUint8(at)],
	["u1", (view, at) => view.getUint8(at)],
	["i1", (view, at) => view.getInt8(at)],
	["i2", (view, at, little) => view.getInt16(at, little)],
	["i4", (view, at, little) => view.getInt32(at, little)],
	["u4", (view, at, little) => view.getUint32(at, little)],
	["i8", (view, at, little) => Number(view.getBigInt64(at, little))],
	["u8", (view, at, little) => Number(view.getBigUint64(at, little))],
	["f4", (view, at, little) => view.getFloat32(at, little)],
	["f8", (view, at, little) => view.getFloat64(at, little)],
]);

/** A whole number that Python or numpy wrote: `2`, `numpy.int64(2)`. */
export function integerOf(value: unknown, what: string): number {
	if (value instanceof PickleObject && value.made.endsWith(".scalar")) {
		const [type, data] = value.args;
		return numbersOf(checkedArray(new PickleTuple([1]), type, false, data, what), what)[0]!;
	}
	if (!Number.isInteger(value)) throw modelError(`${what}: not an integer`);
	return value as number;
}

/** Labels, whatever they are written as: numbers, fixed-width text, objects that are texts or numbers. */
export function labelsOf(value: unknown, what: string): readonly string[] {
	const array = arrayOf(value, what);
	if (!(array.data instanceof Uint8Array)) {
		return array.data.map((item) => {
			if (typeof item === "string" || typeof item === "number") return String(item);
			if (item instanceof PickleGlobal || !(item instanceof PickleObject)) throw modelError(`${what}: not a label`);
			return String(integerOf(item, what));
		});
	}
	if (array.type.kind !== "U") return Array.from(numbersOf(array, what), String);
	const view = new DataView(array.data.buffer, array.data.byteOffset, array.data.byteLength);
	const { size, littleEndian } = array.type;
	return Array.from({ length: array.length }, (_, i) => {
		let text = "";
		for (let at = i * size; at < (i + 1) * size; at += 4) {
			const point = view.getUint32(at, littleEndian);
			if (point > 0x10ffff) throw modelError(`${what}: not text`);
			if (point > 0) text += String.fromCodePoint(point);
		}
		return text;
	});
}
