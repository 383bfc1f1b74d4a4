/**
 * The largest float32 <= `threshold` (which must be finite).
 *
 * A row goes left where x <= t, with x a float32 and t a float64. With t' = this function of t, x <= t and x <= t' are
 * the same for every float32 x: t' <= t gives one direction; for the other, x <= t makes x one of the float32 that are
 * <= t, of which t' is the largest. So the fast predictor and the model file keep thresholds in four bytes, exactly.
 */
export function float32Threshold(threshold: number): number {
	const nearest = Math.fround(threshold);
	if (nearest <= threshold) return nearest;
	FLOAT[0] = nearest;
	// The next float32 below: one less in the bit pattern of a positive number, one more in that of a negative one.
	// Nearest is not -0 or 0 unless the threshold is a negative number that vanishes: the next one below is the
	// smallest.
	if (nearest === 0) return -SMALLEST_FLOAT32;
	BITS[0] = nearest > 0 ? BITS[0]! - 1 : BITS[0]! + 1;
	return FLOAT[0]!;
}

const SMALLEST_FLOAT32 = 2 ** -149;
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
