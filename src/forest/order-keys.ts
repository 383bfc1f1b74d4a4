/**
 * Turns the bit pattern of a float32 into an integer of the same order: x > y exactly where key(x) > key(y), −0 has the
 * key of 0, and NaN, whatever its sign, is larger than every number. Float32 is sign and magnitude, and the magnitudes
 * are in the order of their bits (IEEE 754-2019, 3.4): a negative number's key is minus its magnitude.
 *
 * Integers, because JavaScript compares float32 numbers as doubles: two conversions per comparison, and a longer
 * latency.
 */
export function orderKey(bits: number): number {
	// Most features are positive numbers, which are their own keys: this branch is rarely taken.
	if (bits >= 0 && bits <= INFINITY) return bits;
	const magnitude = bits & 0x7fffffff;
	return magnitude > INFINITY ? NAN_KEY : -magnitude;
}

const INFINITY = 0x7f800000;
const NAN_KEY = 0x7fffffff;
