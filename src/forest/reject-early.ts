/**
 * Writes a probability of 0 for each listed row that a stage of a cascade rejects, and moves the others to the front of
 * the list. Returns the number of the others.
 */
export function rejectEarly(
	active: Int32Array,
	live: number,
	sums: Float64Array,
	rejectAt: number,
	out: Float64Array,
	begin: number,
): number {
	let kept = 0;
	for (let a = 0; a < live; a++) {
		const row = active[a]!;
		if (sums[row]! > rejectAt) active[kept++] = row;
		else out[begin + row] = 0;
	}
	return kept;
}
