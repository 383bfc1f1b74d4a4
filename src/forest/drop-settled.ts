/**
 * Writes the decision of each listed row whose sum of `asked` votes settles it (see {@link DecisionBounds}; the bounds
 * of row r's threshold are at `places[r]` of a table's `pairs`), and moves the others to the front of the list; gives
 * how many those are. Without a branch: which rows are settled is what no predictor knows. A row that goes on has 0
 * written for now.
 */
export function dropSettled(
	active: Int32Array,
	live: number,
	sums: Float64Array,
	pairs: Float64Array,
	places: Int32Array,
	asked: number,
	out: Uint8Array,
	begin: number,
): number {
	let kept = 0;
	for (let a = 0; a < live; a++) {
		const row = active[a]!;
		const sum = sums[row]!;
		const at = places[row]! + 2 * asked;
		const yesAtLeast = pairs[at + 1]!;
		const isAbove = +(sum > pairs[at]!);
		out[begin + row] = isAbove & +(sum >= yesAtLeast);
		active[kept] = row;
		kept += isAbove & +(sum < yesAtLeast);
	}
	return kept;
}
