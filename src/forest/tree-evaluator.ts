/**
 * Rows per block. A large block amortises the call for each tree, and lets rows that need many trees share their walks.
 */
export const BLOCK_ROWS = 512;
/** The block's rows and one spare row, which fills lists of rows up to a multiple of the vector width. */
export const ROWS_AND_SPARE = BLOCK_ROWS + 1;
export const SPARE_ROW = ROWS_AND_SPARE - 1;

/** Sums the votes of trees for the rows of a block. */
export interface TreeEvaluator {
	/** Undecided rows come first. The caller removes rows that are decided and keeps the order of the others. */
	readonly active: Int32Array;
	/** Per row: the base plus the votes added so far, in float64, in the order of the trees. */
	readonly sums: Float64Array;
	/** Takes `size` rows, at most {@link BLOCK_ROWS}, from row `begin` of `rows` on; all of them are active. */
	fill(rows: Float64Array, begin: number, size: number): void;
	/**
	 * Adds the votes of the trees `begin … end` for the rows `active[0 … live)`. The sums of other rows become
	 * undefined.
	 */
	addVotes(begin: number, end: number, live: number): void;
}
