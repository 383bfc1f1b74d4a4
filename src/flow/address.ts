import { isIP } from "node:net";

/** Bytes of one address in `FlowColumns.addresses` and in UniRec's `ipaddr`. */
export const ADDRESS_LENGTH = 16;

/**
 * Whether the 16 bytes at `offset` are an IPv4 address as UniRec writes it: 8 zero bytes, the address, 4 bytes 0xff.
 */
export function isIPv4(addresses: Uint8Array, offset: number): boolean {
	for (let i = 0; i < 8; i++) if (addresses[offset + i] !== 0) return false;
	for (let i = 12; i < 16; i++) if (addresses[offset + i] !== 0xff) return false;
	return true;
}

/** The address as text: dotted quad, or IPv6 in the canonical form of RFC 5952. */
export function addressText(addresses: Uint8Array, offset: number): string {
	if (isIPv4(addresses, offset)) {
		return `${addresses[offset + 8]}.${addresses[offset + 9]}.${addresses[offset + 10]}.${addresses[offset + 11]}`;
	}
	const groups: number[] = [];
	for (let i = 0; i < 8; i++) groups.push((addresses[offset + 2 * i]! << 8) | addresses[offset + 2 * i + 1]!);
	if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
		return `::ffff:${addresses[offset + 12]}.${addresses[offset + 13]}.${addresses[offset + 14]}.${addresses[offset + 15]}`;
	}
	const [zeroBegin, zeroLength] = longestZeroRun(groups);
	const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
	if (zeroLength < 2) return text(groups);
	return `${text(groups.slice(0, zeroBegin))}::${text(groups.slice(zeroBegin + zeroLength))}`;
}

/** Writes the address `text` into 16 bytes at `offset`; false (and nothing written) if it is not an address. */
export function writeAddress(text: string, into: Uint8Array, offset: number): boolean {
	const version = isIP(text);
	if (version === 4) {
		const parts = text.split(".");
		into.fill(0, offset, offset + 8);
		for (let i = 0; i < 4; i++) into[offset + 8 + i] = Number(parts[i]);
		into.fill(0xff, offset + 12, offset + 16);
		return true;
	}
	if (version !== 6 || text.includes("%")) return false;
	writeIPv6(text, into, offset);
	return true;
}

/** The 16 bytes of an address, or undefined if `text` is not one. */
export function addressBytes(text: string): Uint8Array | undefined {
	const bytes = new Uint8Array(ADDRESS_LENGTH);
	return writeAddress(text, bytes, 0) ? bytes : undefined;
}

function writeIPv6(text: string, into: Uint8Array, offset: number): void {
	const dotted = text.lastIndexOf(".") < 0 ? -1 : text.lastIndexOf(":");
	let hex = text;
	if (dotted >= 0) {
		const [a, b, c, d] = text
			.slice(dotted + 1)
			.split(".")
			.map(Number) as [number, number, number, number];
		hex = `${text.slice(0, dotted)}:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
	}
	const [left, right] = hex.split("::") as [string, string?];
	const head = left === "" ? [] : left.split(":");
	const tail = right === undefined || right === "" ? [] : right.split(":");
	into.fill(0, offset, offset + ADDRESS_LENGTH);
	for (const [i, group] of head.entries()) writeGroup(group, into, offset + 2 * i);
	for (const [i, group] of tail.entries()) writeGroup(group, into, offset + 2 * (8 - tail.length + i));
}

function writeGroup(group: string, into: Uint8Array, offset: number): void {
	const value = Number.parseInt(group, 16);
	into[offset] = value >> 8;
	into[offset + 1] = value & 0xff;
}

/** RFC 5952, 4.2.3: the first of the longest runs of zero groups. */
function longestZeroRun(groups: readonly number[]): [begin: number, length: number] {
	let best: [number, number] = [0, 0];
	for (let i = 0; i < groups.length; i++) {
		let end = i;
		while (end < groups.length && groups[end] === 0) end++;
		if (end - i > best[1]) best = [i, end - i];
		i = Math.max(i, end - 1);
	}
	return best;
}
