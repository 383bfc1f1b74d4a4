/** Packets for tests, layer by layer: each function adds a header in front of its content. */

const u16 = (value: number) => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const u32le = (value: number) => u32(value).reverse();
const u16le = (value: number) => u16(value).reverse();

export const bytesOf = (text: string): number[] => [...Buffer.from(text, "latin1")];

export interface Ends {
	readonly source?: readonly number[];
	readonly destination?: readonly number[];
}

const CLIENT = [10, 0, 0, 1];
const SERVER = [10, 0, 0, 2];
export const CLIENT6 = [0x20, 1, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 1];
export const SERVER6 = [0x20, 1, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 2];

export function ipv4(
	protocol: number,
	payload: readonly number[],
	ends: Ends & { fragment?: number; id?: number } = {},
) {
	const header = [
		0x45,
		0,
		...u16(20 + payload.length),
		...u16(ends.id ?? 1),
		...u16(ends.fragment ?? 0),
		64,
		protocol,
		0,
		0,
	];
	return [...header, ...(ends.source ?? CLIENT), ...(ends.destination ?? SERVER), ...payload];
}

export function ipv6(nextHeader: number, payload: readonly number[], ends: Ends = {}): number[] {
	const header = [0x60, 0, 0, 0, ...u16(payload.length), nextHeader, 64];
	return [...header, ...(ends.source ?? CLIENT6), ...(ends.destination ?? SERVER6), ...payload];
}

export interface Segment {
	readonly source?: number;
	readonly destination?: number;
	readonly sequence?: number;
	readonly flags?: number;
}

export function tcp(
	payload: readonly number[],
	{ source = 1111, destination = 80, sequence = 1, flags = 0x18 }: Segment = {},
) {
	return [...u16(source), ...u16(destination), ...u32(sequence), ...u32(0), 0x50, flags, 0, 0, 0, 0, 0, 0, ...payload];
}

export function udp(payload: readonly number[], source = 1111, destination = 53): number[] {
	return [...u16(source), ...u16(destination), ...u16(8 + payload.length), 0, 0, ...payload];
}

export function ethernet(type: number, payload: readonly number[]): number[] {
	return [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...u16(type), ...payload];
}

export const vlan = (id: number, type: number, payload: readonly number[]) => [...u16(id), ...u16(type), ...payload];
export const mpls = (label: number, isBottom: boolean, payload: readonly number[]) => [
	...u32((label << 12) | (isBottom ? 0x100 : 0) | 64),
	...payload,
];
export const pppoe = (protocol: number, payload: readonly number[]) => [
	0x11,
	0,
	...u16(7),
	...u16(payload.length + 2),
	...u16(protocol),
	...payload,
];
export const gre = (type: number, payload: readonly number[], flags = 0) => {
	const words = ((flags >> 15) & 1) + ((flags >> 13) & 1) + ((flags >> 12) & 1);
	return [...u16(flags), ...u16(type), ...new Array<number>(4 * words).fill(9), ...payload];
};

interface Stamped {
	/** µs since the epoch. */
	readonly time: number;
	readonly bytes: readonly number[];
	/** The length to which a snap length truncated it. */
	readonly captured?: number;
}

/** A classic capture file of any variant. */
export function pcap(
	linkType: number,
	packets: readonly Stamped[],
	{ bigEndian = false, nanoseconds = false, modified = false } = {},
): Uint8Array {
	const w32 = bigEndian ? u32 : u32le;
	const w16 = bigEndian ? u16 : u16le;
	const magic = modified ? 0xa1b2cd34 : nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
	const header = [...w32(magic), ...w16(2), ...w16(4), ...w32(0), ...w32(0), ...w32(65535), ...w32(linkType)];
	const records = packets.map(({ time, bytes, captured = bytes.length }) => {
		const fraction = (time % 1e6) * (nanoseconds ? 1000 : 1) + (nanoseconds ? 999 : 0);
		const stamp = [...w32(Math.floor(time / 1e6)), ...w32(fraction)];
		const more = modified ? new Array<number>(8).fill(0) : [];
		return [stamp, w32(captured), w32(bytes.length), more, bytes.slice(0, captured)].flat();
	});
	return Uint8Array.from([header, ...records].flat());
}

/** Writes pcapng blocks of one byte order. */
export function pcapng({ bigEndian = false } = {}) {
	const w32 = bigEndian ? u32 : u32le;
	const w16 = bigEndian ? u16 : u16le;
	const padded = (bytes: readonly number[]) => bytes.concat(new Array<number>((4 - (bytes.length % 4)) % 4).fill(0));
	const block = (type: number, body: readonly number[]) => {
		const length = 12 + padded(body).length;
		return [w32(type), w32(length), padded(body), w32(length)].flat();
	};
	const w64 = (value: bigint) => {
		const [high, low] = [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
		return bigEndian ? [...w32(high), ...w32(low)] : [...w32(low), ...w32(high)];
	};
	return {
		section: () =>
			block(0x0a0d0d0a, [...w32(0x1a2b3c4d), ...w16(1), ...w16(0), ...w32(0xffffffff), ...w32(0xffffffff)]),
		interface: (
			linkType: number,
			{ resolution, offset, snap = 0 }: { resolution?: number; offset?: bigint; snap?: number } = {},
		) =>
			block(1, [
				...w16(linkType),
				...w16(0),
				...w32(snap),
				...(resolution === undefined ? [] : [...w16(9), ...w16(1), resolution, 0, 0, 0]),
				...(offset === undefined ? [] : [...w16(14), ...w16(8), ...w64(offset)]),
				...w32(0),
			]),
		enhanced: (interfaceId: number, timestamp: bigint, bytes: readonly number[]) => {
			const stamp = [...w32(Number(timestamp >> 32n)), ...w32(Number(timestamp & 0xffffffffn))];
			return block(6, [w32(interfaceId), stamp, w32(bytes.length), w32(bytes.length), bytes].flat());
		},
		obsolete: (interfaceId: number, timestamp: bigint, bytes: readonly number[]) => {
			const stamp = [...w32(Number(timestamp >> 32n)), ...w32(Number(timestamp & 0xffffffffn))];
			return block(2, [...w16(interfaceId), ...w16(0), ...stamp, ...w32(bytes.length), ...w32(bytes.length), ...bytes]);
		},
		simple: (bytes: readonly number[]) => block(3, [...w32(bytes.length), ...bytes]),
		unknown: () => block(0x0bad, [1, 2, 3, 4, 5]),
	};
}

/** A classic little-endian capture, split into consecutive files. */
export function piecesOf(capture: Buffer, count: number): Buffer[] {
	const ends = [24];
	while (ends.at(-1)! < capture.length) ends.push(ends.at(-1)! + 16 + capture.readUInt32LE(ends.at(-1)! + 8));
	const packets = ends.length - 1;
	return Array.from({ length: count }, (_, i) => {
		const [begin, end] = [i, i + 1].map((limit) => ends[Math.floor((limit * packets) / count)]);
		return Buffer.concat([capture.subarray(0, 24), capture.subarray(begin, end)]);
	});
}
