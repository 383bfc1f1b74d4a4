/**
 * Rows that are asked together. Many, because a row that is hard to settle shares the walks of its block with others like
 * it, and because a call for each tree is then soon forgotten.
 */
export const BLOCK_ROWS = 512;
/** With a spare one behind the block's own that nobody asks about: lists of rows are filled up with it. */
export const ROWS_AND_SPARE = BLOCK_ROWS + 1;
export const SPARE_ROW = ROWS_AND_SPARE - 1;

/** Adds up what trees say of the rows of a block, tree by tree. */
export interface TreeEvaluator {
	/** The rows that are still asked stand first. Whoever asks drops some, and leaves the others in their order. */
	readonly active: Int32Array;
	/** By row: the base and the votes that were added, each in float64, in the order of the trees. */
	readonly sums: Float64Array;
	/** Takes `size` rows, at most {@link BLOCK_ROWS}, from row `begin` of `rows` on; all of them are active. */
	fill(rows: Float64Array, begin: number, size: number): void;
	/** Adds the votes of the trees `begin … end` for the rows `active[0 … live)`. The sums of others then mean nothing. */
	addVotes(begin: number, end: number, live: number): void;
}
