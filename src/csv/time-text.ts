import { PROBLEM } from "./problem.ts";

const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const SPACE = 0x20;
/** Above this a whole number of microseconds is not exact in a double (the year 2255). */
const MAX_MICROSECONDS = Number.MAX_SAFE_INTEGER;
const MAX_SECONDS = Math.floor(MAX_MICROSECONDS / 1e6);
/** Marks two bytes that are not digits: makes any sum it enters negative. */
const NO_DIGITS = -1e9;

/**
 * Reads times: ISO 8601 in UTC (`2022-11-01T00:00:00.000001`, `T` or a space, any number of fraction digits, `Z` or
 * nothing) or seconds since the epoch with a fraction. Digits below the microsecond are truncated, as in UniRec's text.
 * The day of the last time is cached: in a flow file nearly all are the same.
 */
export class TimeReader {
	/** The last time read, in microseconds since the epoch. */
	value = 0;
	#dayDigits = -1;
	#dayMicroseconds = 0;

	/** Reads a time at `at`; returns the index after it, or a negated {@link PROBLEM}. */
	read(bytes: Uint8Array, at: number, end: number): number {
		return at + 19 <= end && beginsWithYear(bytes, at) ? this.#iso(bytes, at, end) : this.#epoch(bytes, at, end);
	}

	#iso(bytes: Uint8Array, at: number, end: number): number {
		const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
		const day = year * 10000 + twoDigits(bytes, at + 5) * 100 + twoDigits(bytes, at + 8);
		const hour = twoDigits(bytes, at + 11);
		const minute = twoDigits(bytes, at + 14);
		const second = twoDigits(bytes, at + 17);
		const separator = bytes[at + 10];
		if (
			(separator !== LETTER_T && separator !== SPACE) ||
			bytes[at + 7] !== DASH ||
			bytes[at + 13] !== COLON ||
			bytes[at + 16] !== COLON ||
			!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)
		) {
			return -PROBLEM.TIME;
		}
		if (day !== this.#dayDigits && !this.#enterDay(day)) return -PROBLEM.TIME;
		const next = this.#fraction(bytes, at + 19, end);
		if (next < 0) return next;
		this.value += this.#dayMicroseconds + (hour * 3600 + minute * 60 + second) * 1e6;
		if (this.value > MAX_MICROSECONDS) return -PROBLEM.RANGE;
		return next < end && bytes[next] === LETTER_Z ? next + 1 : next;
	}

	#epoch(bytes: Uint8Array, begin: number, end: number): number {
		let seconds = 0;
		let at = begin;
		for (; at < end; at++) {
			const digit = bytes[at]! - 48;
			if (digit < 0 || digit > 9) break;
			seconds = seconds * 10 + digit;
		}
		if (at === begin) return -PROBLEM.TIME;
		if (seconds > MAX_SECONDS) return -PROBLEM.RANGE;
		const next = this.#fraction(bytes, at, end);
		this.value += seconds * 1e6;
		return next;
	}

	/** Sets `value` to the microseconds of an optional fraction. */
	#fraction(bytes: Uint8Array, at: number, end: number): number {
		this.value = 0;
		if (at >= end || bytes[at] !== DOT) return at;
		let value = 0;
		let weight = 100_000;
		let next = at + 1;
		for (; next < end; next++) {
			const digit = bytes[next]! - 48;
			if (digit < 0 || digit > 9) break;
			if (weight >= 1) value += digit * weight;
			weight /= 10;
		}
		this.value = value;
		return next === at + 1 ? -PROBLEM.TIME : next;
	}

	#enterDay(digits: number): boolean {
		const year = Math.floor(digits / 10000);
		const month = Math.floor(digits / 100) % 100;
		const day = digits % 100;
		if (!(year >= 1970 && year <= 9999 && month >= 1 && month <= 12 && day >= 1)) return false;
		const date = new Date(Date.UTC(year, month - 1, day));
		if (date.getUTCMonth() !== month - 1) return false;
		this.#dayDigits = digits;
		this.#dayMicroseconds = date.getTime() * 1000;
		return true;
	}
}

function twoDigits(bytes: Uint8Array, at: number): number {
	const tens = bytes[at]! - 48;
	const ones = bytes[at + 1]! - 48;
	return tens >>> 0 > 9 || ones >>> 0 > 9 ? NO_DIGITS : tens * 10 + ones;
}

/** Four digits and a dash; a dash alone may belong to the next cell, after a short number of seconds. */
function beginsWithYear(bytes: Uint8Array, at: number): boolean {
	return bytes[at + 4] === DASH && twoDigits(bytes, at) >= 0 && twoDigits(bytes, at + 2) >= 0;
}
