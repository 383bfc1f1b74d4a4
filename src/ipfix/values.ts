import type { ListColumnBuilder } from "../flow/columns-builder.ts";

/** Seconds between 1900 (NTP) and 1970. */
const NTP_TO_UNIX = 2_208_988_800;
const TWO_32 = 2 ** 32;

/** An integer of 0 to 8 octets, beyond 2^53 the nearest double. */
export function unsigned(bytes: Uint8Array, at: number, end: number): number {
	if (end - at === 2) return (bytes[at]! << 8) | bytes[at + 1]!;
	if (end - at === 1) return bytes[at]!;
	let high = 0;
	for (; end - at > 4; at++) high = high * 256 + bytes[at]!;
	let low = 0;
	for (; at < end; at++) low = (low << 8) | bytes[at]!;
	return high * TWO_32 + (low >>> 0);
}

export function signed(bytes: Uint8Array, at: number, end: number): number {
	const value = unsigned(bytes, at, end);
	return at < end && bytes[at]! >= 0x80 ? value - 256 ** (end - at) : value;
}

/**
 * 64 bits of NTP time as microseconds since 1970, rounded up as in NEMEA. The fraction times 10^6 is below 2^52 and
 * the divisor is a power of two: exact in doubles.
 */
export function ntpMicroseconds(bytes: Uint8Array, at: number): number {
	const seconds = unsigned(bytes, at, at + 4);
	const fraction = unsigned(bytes, at + 4, at + 8);
	// NTP's era 1 begins in 2036: seconds with the first bit clear belong to it (RFC 4330, 3).
	const era = seconds < 2 ** 31 ? TWO_32 : 0;
	return (seconds + era - NTP_TO_UNIX) * 1e6 + Math.ceil((fraction * 1e6) / TWO_32);
}

// The four kinds of items in packet lists, each in its own loop: the general way is five times slower.

export function words(
	{ values, used }: ListColumnBuilder<Uint8Array>,
	bytes: Uint8Array,
	at: number,
	end: number,
): void {
	for (let to = used; at < end; at += 2) values[to++] = (bytes[at]! << 8) | bytes[at + 1]!;
}

export function octets(
	{ values, used }: ListColumnBuilder<Uint8Array>,
	bytes: Uint8Array,
	at: number,
	end: number,
): void {
	for (let to = used; at < end; at++) values[to++] = bytes[at]!;
}

export function signedOctets(
	{ values, used }: ListColumnBuilder<Uint8Array>,
	bytes: Uint8Array,
	at: number,
	end: number,
): void {
	for (let to = used; at < end; at++) values[to++] = (bytes[at]! << 24) >> 24;
}

export function wideMilliseconds(
	{ values, used }: ListColumnBuilder<Uint8Array>,
	bytes: Uint8Array,
	at: number,
	end: number,
): void {
	for (let to = used; at < end; at += 8) {
		const high = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
		const low = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!;
		values[to++] = ((high >>> 0) * TWO_32 + (low >>> 0)) * 1000;
	}
}
