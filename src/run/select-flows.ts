import type { FlowColumns, ListColumn, SourceRecords } from "../flow/flow-columns.ts";

type Scalars = Uint8Array | Uint16Array | Uint32Array | Float64Array;
type Lists = ListColumn<Scalars | Int8Array>;

/** Bytes of a flow in `addresses`; every other column of scalars has one value per flow. */
const ADDRESSES_WIDTH = 32;

/** A copy of the flows at these positions, in arrays of exactly their size: what crosses to another thread. */
export function selectFlows(flows: FlowColumns, positions: Uint32Array): FlowColumns {
	const { records, addresses, extras, ...columns } = flows;
	const { attributes, ...others } = extras;
	return {
		...(selected(columns, positions) as unknown as FlowColumns),
		length: positions.length,
		firstIndex: 0,
		addresses: pick(addresses, positions, ADDRESSES_WIDTH),
		extras: {
			...selected(others, positions),
			...(attributes && { attributes: selected(attributes, positions) as typeof attributes }),
		},
		...(records && { records: pickRecords(records, positions) }),
	};
}

function selected(columns: object, positions: Uint32Array): Record<string, unknown> {
	const picked: Record<string, unknown> = {};
	for (const [name, column] of Object.entries(columns)) {
		if (ArrayBuffer.isView(column)) picked[name] = pick(column as Scalars, positions);
		else if (isList(column)) picked[name] = pickLists(column, positions);
	}
	return picked;
}

function isList(column: unknown): column is Lists {
	return typeof column === "object" && column !== null && "offsets" in column;
}

/** The values of these positions, `width` of them each. */
export function pick<A extends Scalars>(column: A, positions: Uint32Array, width = 1): A {
	const picked = emptyLike(column, positions.length * width);
	for (let k = 0; k < positions.length; k++) {
		const from = positions[k]! * width;
		for (let w = 0; w < width; w++) picked[k * width + w] = column[from + w]!;
	}
	return picked;
}

function pickLists({ values, offsets }: Lists, positions: Uint32Array): Lists {
	const ends = new Uint32Array(positions.length + 1);
	for (let k = 0; k < positions.length; k++) {
		const i = positions[k]!;
		ends[k + 1] = ends[k]! + offsets[i + 1]! - offsets[i]!;
	}
	const picked = emptyLike(values, ends[positions.length]!);
	for (let k = 0; k < positions.length; k++) {
		const i = positions[k]!;
		(picked as Uint8Array).set(values.subarray(offsets[i]!, offsets[i + 1]!) as Uint8Array, ends[k]!);
	}
	return { values: picked, offsets: ends };
}

function pickRecords(records: SourceRecords, positions: Uint32Array): SourceRecords {
	const lengths = Array.from(positions, (i) => records.ends[i]! - records.begins[i]!);
	const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
	const [begins, ends] = [new Uint32Array(positions.length), new Uint32Array(positions.length)];
	let at = 0;
	for (let k = 0; k < positions.length; k++) {
		const i = positions[k]!;
		bytes.set(records.bytes.subarray(records.begins[i]!, records.ends[i]!), at);
		begins[k] = at;
		at += lengths[k]!;
		ends[k] = at;
	}
	return { ...records, bytes, begins, ends };
}

function emptyLike<A extends Scalars | Int8Array>(column: A, length: number): A {
	return new (column.constructor as new (length: number) => A)(length);
}
