/** IPFIX built by hand, for tests: valid and invalid messages of an exporter. */

export const u8 = (value: number): number[] => [value & 0xff];
export const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
export const u64 = (value: number): number[] => [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)];

export interface Header {
	readonly version?: number;
	readonly sequence?: number;
	readonly domain?: number;
	readonly exportTime?: number;
}

export function message(sets: readonly (readonly number[])[], header: Header = {}): Uint8Array {
	const body = sets.flat();
	const { version = 10, sequence = 0, domain = 1, exportTime = 1_700_000_000 } = header;
	return Uint8Array.from([
		...u16(version),
		...u16(16 + body.length),
		...u32(exportTime),
		...u32(sequence),
		...u32(domain),
		...body,
	]);
}

export function set(id: number, ...records: readonly (readonly number[])[]): number[] {
	const body = records.flat();
	return [...u16(id), ...u16(4 + body.length), ...body];
}

/** A template record of fields `[element, length]` or `[element, length, enterprise]`. */
export function template(
	id: number,
	fields: readonly (readonly [id: number, length: number, pen?: number])[],
): number[] {
	return [...u16(id), ...u16(fields.length), ...fields.flatMap(specifier)];
}

/** An options template whose first field is its scope. */
export function optionsTemplate(
	id: number,
	fields: readonly (readonly [id: number, length: number, pen?: number])[],
): number[] {
	return [...u16(id), ...u16(fields.length), ...u16(1), ...fields.flatMap(specifier)];
}

function specifier([id, length, pen]: readonly [number, number, number?]): number[] {
	return pen === undefined ? [...u16(id), ...u16(length)] : [...u16(id | 0x8000), ...u16(length), ...u32(pen)];
}

/** The minimum of a flow: addresses, ports, bytes. */
export const SMALL_FLOW = [
	[8, 4],
	[12, 4],
	[7, 2],
	[11, 2],
	[1, 4],
] as const;

/** A record of {@link SMALL_FLOW} from this source port. */
export const smallFlow = (port: number): number[] => [
	10,
	0,
	0,
	1,
	192,
	0,
	2,
	1,
	...u16(port),
	...u16(3333),
	...u32(1000),
];
