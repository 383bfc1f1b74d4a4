import {
	add,
	addDoubles,
	type Code,
	constant,
	get,
	less,
	load,
	loadDouble,
	multiply,
	repeatWhile,
	set,
	shiftLeft,
	storeDouble,
	tee,
	trailingZeros,
	vector,
} from "./code.ts";
import type { KernelPlan } from "./kernel.ts";

/** Rows processed in parallel: four in each of four vectors. */
export const PARALLEL_ROWS = 16;
const LANES = 4;
const VECTORS = PARALLEL_ROWS / LANES;
const VECTOR_BYTES = 16;

/** A tree in memory: the addresses of its first split and of its votes. Its splits end where the next tree's begin. */
export const TREE_BYTES = 8;
const TREE_VOTES = 4;

/** A split in memory: its feature, its threshold, and a bit for each leaf that is not in its left subtree. */
export const SPLIT_BYTES = 12;
const FEATURE = 0;
const THRESHOLD = 4;
const OTHER_LEAVES = 8;

const [TREES, TREES_END, COLUMNS, COLUMN_BYTES, SUM_OFFSETS, PLACES_BYTES, SUMS] = [0, 1, 2, 3, 4, 5, 6];
const [PLACE, TREE, SPLIT, SPLITS_END, VOTES, COLUMN, SUM] = [7, 8, 9, 10, 11, 12, 13];
/** The broadcast threshold and leaf mask, then the bit vectors. */
const [LIMIT, OTHERS, BITS] = [14, 15, 16];

/**
 * Evaluates trees for many rows without walking them: QuickScorer (Lucchese, Nardini, Orlando, Perego, Tonellotto, Venturini,
 * SIGIR 2015) in vectors (V-QuickScorer, SIGIR 2016). A row has a bit for each leaf, from the left. Every split that
 * sends the row right clears the leaves of its left subtree, whether it is on the row's path or not; the lowest remaining bit
 * is the leaf that a walk would reach. A split handles sixteen rows at once, without mispredictions or dependent loads. Sixteen
 * rows pass all trees before the next sixteen, so that their features stay in the nearest cache.
 *
 * Parameters: addresses of the first tree and behind the last one (there is one at least, and each has a split at least), of
 * the columns of float32 values, the bytes from column to column, the address of 8 × row for each place, four times the
 * number of places (a multiple of {@link PARALLEL_ROWS}, at least one), the address of the sums.
 */
export const BIT_VECTOR_KERNEL: KernelPlan = {
	parameters: 7,
	numbers: 7,
	vectors: 2 + VECTORS,
	body: [
		...set(PLACE, constant(0)),
		...repeatWhile(
			less(tee(PLACE, add(get(PLACE), constant(4 * PARALLEL_ROWS))), get(PLACES_BYTES)),
			set(TREE, get(TREES)),
			repeatWhile(less(tee(TREE, add(get(TREE), constant(TREE_BYTES))), get(TREES_END)), ...askTree()),
		),
	],
};

function askTree(): Code[] {
	return [
		...vectors((v) => set(BITS + v, vector.allOnes())),
		set(SPLIT, load(get(TREE))),
		set(SPLITS_END, load(get(TREE), TREE_BYTES)),
		set(VOTES, load(get(TREE), TREE_VOTES)),
		repeatWhile(less(tee(SPLIT, add(get(SPLIT), constant(SPLIT_BYTES))), get(SPLITS_END)), ...meetSplit()),
		...vectors((v) => lanes((lane) => addVote(v, lane)).flat()),
	];
}

function meetSplit(): Code[] {
	const column = add(add(get(COLUMNS), get(PLACE)), multiply(load(get(SPLIT), FEATURE), get(COLUMN_BYTES)));
	const isLeft = (v: number) => vector.floatAtMost(vector.load(get(COLUMN), v * VECTOR_BYTES), get(LIMIT));
	return [
		set(COLUMN, column),
		set(LIMIT, vector.loadRepeated(get(SPLIT), THRESHOLD)),
		set(OTHERS, vector.loadRepeated(get(SPLIT), OTHER_LEAVES)),
		...vectors((v) => set(BITS + v, vector.and(get(BITS + v), vector.or(isLeft(v), get(OTHERS))))),
	];
}

/** Adds the vote of a row's leaf, its lowest set bit, to the row's sum. */
function addVote(v: number, lane: number): Code {
	const leaf = trailingZeros(vector.lane(get(BITS + v), lane));
	const vote = loadDouble(add(get(VOTES), shiftLeft(leaf, 3)));
	const sumOffset = load(add(get(SUM_OFFSETS), get(PLACE)), 4 * (v * LANES + lane));
	return [...set(SUM, add(get(SUMS), sumOffset)), ...storeDouble(get(SUM), addDoubles(loadDouble(get(SUM)), vote))];
}

function vectors(of: (v: number) => Code): Code[] {
	return Array.from({ length: VECTORS }, (_, v) => of(v));
}

function lanes(of: (lane: number) => Code): Code[] {
	return Array.from({ length: LANES }, (_, lane) => of(lane));
}
