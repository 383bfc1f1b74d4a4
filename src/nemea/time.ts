/**
 * UniRec's `time`: a little-endian 64-bit integer, whole seconds in the upper half, a fraction of 1/2^32 s in the lower.
 * The reference library turns the fraction into nanoseconds rounded up; microseconds are those, cut.
 */

const MICROSECONDS = 1_000_000;
/**
 * For a fraction f, ⌈f·10^9 / 2^32⌉ nanoseconds are m microseconds or more exactly where f·10^9 / 2^32 > 1000m − 1, that
 * is f·10^6 + 2^32 / 1000 > m·2^32; for whole numbers, f·10^6 + 4,294,967 ≥ m·2^32. Both sides divided by 2^32, which
 * costs a double nothing, that is a product, a sum and a cut, each of them exact.
 */
const PER_FRACTION = MICROSECONDS * 2 ** -32;
const ROUNDING = 4_294_967 * 2 ** -32;

/** Whole microseconds since the epoch, exact. */
export function microsecondsOf(seconds: number, fraction: number): number {
	return seconds * MICROSECONDS + Math.floor(fraction * PER_FRACTION + ROUNDING);
}

/**
 * The fraction of whole nanoseconds (below 10^9) as the reference has it: ns × 0x44B82FA0A / 2^32, cut. The factor is
 * split in 4 × 2^32, 0x4B82 × 2^16 and 0xFA0A, so that every product stays below 2^53.
 */
export function fractionOfNanoseconds(nanoseconds: number): number {
	const low = Math.floor((nanoseconds * 0xfa0a) / 65536);
	return nanoseconds * 4 + Math.floor((nanoseconds * 0x4b82 + low) / 65536);
}

/** Writes a time of whole microseconds since the epoch as UniRec has it; what lies outside 1970 … 2106 is clamped. */
export function writeTime(microseconds: number, into: DataView, offset: number): void {
	const clamped = microseconds >= 0 ? Math.min(microseconds, 0xffff_ffff * 1_000_000 + 999_999) : 0;
	const seconds = Math.floor(clamped / 1_000_000);
	const nanoseconds = Math.floor(clamped - seconds * 1_000_000) * 1000;
	into.setUint32(offset, fractionOfNanoseconds(nanoseconds), true);
	into.setUint32(offset + 4, seconds, true);
}
