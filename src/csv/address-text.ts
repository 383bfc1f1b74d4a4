import { ADDRESS_LENGTH } from "../flow/address.ts";
import { PROBLEM } from "./problem.ts";

const DOT = 0x2e;
const COLON = 0x3a;

/**
 * Reads an address at `at` into 16 bytes of `into`, in UniRec's form, without allocating a string. Returns the index
 * after it, or a negated {@link PROBLEM} (`into` is then undefined). Agrees with `writeAddress` in `src/flow`.
 */
export function readAddress(bytes: Uint8Array, at: number, end: number, into: Uint8Array, offset: number): number {
	const next = readIPv4(bytes, at, end, into, offset + 8);
	if (next < 0) return readIPv6(bytes, at, end, into, offset);
	into.fill(0, offset, offset + 8);
	into.fill(0xff, offset + 12, offset + ADDRESS_LENGTH);
	return next;
}

/** Dotted quad, no leading zeros; -1 if there is none. */
function readIPv4(bytes: Uint8Array, at: number, end: number, into: Uint8Array, offset: number): number {
	for (let part = 0; part < 4; part++) {
		if (part > 0 && (at >= end || bytes[at++] !== DOT)) return -1;
		const first = at;
		let value = 0;
		for (; at < end && at < first + 3; at++) {
			const digit = bytes[at]! - 48;
			if (digit < 0 || digit > 9) break;
			value = value * 10 + digit;
		}
		if (at === first || value > 255 || (at > first + 1 && bytes[first] === 48)) return -1;
		into[offset + part] = value;
	}
	return at;
}

function readIPv6(bytes: Uint8Array, at: number, end: number, into: Uint8Array, offset: number): number {
	let written = 0;
	let gap = -1;
	if (at + 1 < end && bytes[at] === COLON && bytes[at + 1] === COLON) {
		gap = 0;
		at += 2;
	}
	while (at < end && written < ADDRESS_LENGTH) {
		const first = at;
		let group = 0;
		for (; at < end && at < first + 4; at++) {
			const digit = hexDigit(bytes[at]!);
			if (digit < 0) break;
			group = group * 16 + digit;
		}
		if (at === first) break;
		if (at < end && bytes[at] === DOT) {
			if (written > 12) return -PROBLEM.ADDRESS;
			at = readIPv4(bytes, first, end, into, offset + written);
			if (at < 0) return -PROBLEM.ADDRESS;
			written += 4;
			break;
		}
		into[offset + written] = group >> 8;
		into[offset + written + 1] = group & 0xff;
		written += 2;
		if (at >= end || bytes[at] !== COLON) break;
		if (at + 1 < end && bytes[at + 1] === COLON) {
			if (gap >= 0) return -PROBLEM.ADDRESS;
			gap = written;
			at += 2;
		} else {
			at++;
			if (written === ADDRESS_LENGTH || at >= end || hexDigit(bytes[at]!) < 0) return -PROBLEM.ADDRESS;
		}
	}
	if (gap < 0) return written === ADDRESS_LENGTH ? at : -PROBLEM.ADDRESS;
	if (written === ADDRESS_LENGTH) return -PROBLEM.ADDRESS;
	into.copyWithin(offset + ADDRESS_LENGTH - (written - gap), offset + gap, offset + written);
	into.fill(0, offset + gap, offset + ADDRESS_LENGTH - (written - gap));
	return at;
}

const HEX_DIGITS = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
	HEX_DIGITS["0123456789abcdef".charCodeAt(i)] = i;
	HEX_DIGITS["0123456789ABCDEF".charCodeAt(i)] = i;
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(byte: number): number {
	return HEX_DIGITS[byte]!;
}
