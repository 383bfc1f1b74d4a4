/**
 * Turns float32 bit patterns, in place, into integers of the same order: x > y exactly where key(x) > key(y), for all
 * but NaN, and −0 has the key of 0. Float32 is sign and magnitude, and the magnitudes are in the order of their bits
 * (IEEE 754-2019, 3.4): a negative number's key is minus its magnitude.
 *
 * Integers, because JavaScript compares float32 numbers as doubles: two conversions a comparison, and a longer wait.
 */
export function toOrderKeys(bits: Int32Array, count: number): void {
	for (let i = 0; i < count; i++) {
		const sign = bits[i]! >> 31;
		bits[i] = ((bits[i]! & 0x7fffffff) ^ sign) - sign;
	}
}
