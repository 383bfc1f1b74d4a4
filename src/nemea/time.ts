/**
 * UniRec's `time`: a little-endian 64-bit integer, whole seconds in the upper half, a fraction of 1/2^32 s in the lower.
 * The reference library turns the fraction into nanoseconds rounded up; microseconds are those, cut.
 */

/**
 * 10^9 / 2^32 = 5^9 / 2^23, exact in a double; so is its product with a fraction, which has 53 significant bits at most.
 * A multiplication, for this is done some dozen times a flow and a division takes twice as long.
 */
const NANOSECONDS = 1953125 / 8388608;

/** Nanoseconds of the fraction, 0 … 10^9 (the highest fractions round up to a whole second, as in the reference). */
export function nanosecondsOfFraction(fraction: number): number {
	return Math.ceil(fraction * NANOSECONDS);
}

/** Whole microseconds since the epoch, exact. */
export function microsecondsOf(seconds: number, fraction: number): number {
	return seconds * 1_000_000 + Math.floor(nanosecondsOfFraction(fraction) / 1000);
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
