import { CHILD_SHIFT, FEATURE_MASK, LEAF_BIT } from "../packed-trees.ts";
import {
	add,
	addDoubles,
	and,
	type Code,
	constant,
	floatAtMost,
	get,
	isZero,
	less,
	load,
	loadDouble,
	loadFloat,
	multiply,
	repeatWhile,
	set,
	shiftLeft,
	shiftRight,
	storeDouble,
	tee,
} from "./code.ts";
import type { KernelPlan } from "./kernel.ts";

/** Rows walked in parallel: as many as fit into registers. */
export const PARALLEL_WALKS = 6;

/** A node in memory: its word (see `PackedTrees`) and its threshold. The votes are in another array with the same stride. */
export const NODE_BYTES = 8;
const THRESHOLD = 4;

const [ROOT, TO_VOTES, ROWS, ROW_BYTES, LISTED, LISTED_END, SUMS] = [0, 1, 2, 3, 4, 5, 6];
const SUM = 7;
const NODE = 8;
const ROW = NODE + PARALLEL_WALKS;
const WORD = ROW + PARALLEL_WALKS;

/**
 * Walks one tree for the rows of a list and adds the vote of each row's leaf. A step depends on three loads in sequence; the
 * processor interleaves them with those of the other walks. Comparisons are added as numbers: without branches, there are no
 * mispredictions. A leaf is its own child, so that the walks continue until all have reached leaves.
 *
 * Parameters: addresses of the tree's root, from a node to its vote, of the rows of float32 values, bytes a row, addresses of the
 * list's first row and behind its last one (it has one at least, and room for a multiple of {@link PARALLEL_WALKS}), of
 * the sums.
 */
export const WALK_KERNEL: KernelPlan = {
	parameters: 7,
	numbers: 1 + 3 * PARALLEL_WALKS,
	vectors: 0,
	body: repeatWhile(
		less(tee(LISTED, add(get(LISTED), constant(4 * PARALLEL_WALKS))), get(LISTED_END)),
		...walks(begin),
		repeatWhile(isZero(and(allWords(), constant(LEAF_BIT))), ...walks(step)),
		...walks(addVote),
	),
};

function begin(k: number): Code {
	const row = load(get(LISTED), 4 * k);
	return [
		...set(ROW + k, add(get(ROWS), multiply(row, get(ROW_BYTES)))),
		...set(NODE + k, get(ROOT)),
		...set(WORD + k, load(get(ROOT))),
	];
}

function step(k: number): Code {
	const value = loadFloat(add(get(ROW + k), shiftLeft(and(get(WORD + k), constant(FEATURE_MASK)), 2)));
	const isLeft = floatAtMost(value, loadFloat(get(NODE + k), THRESHOLD));
	const child = add(shiftRight(get(WORD + k), CHILD_SHIFT), isLeft);
	return [
		...set(NODE + k, add(get(ROOT), multiply(child, constant(NODE_BYTES)))),
		...set(WORD + k, load(get(NODE + k))),
	];
}

function allWords(): Code {
	let all = get(WORD);
	for (let k = 1; k < PARALLEL_WALKS; k++) all = and(all, get(WORD + k));
	return all;
}

function addVote(k: number): Code {
	const sum = add(get(SUMS), shiftLeft(load(get(LISTED), 4 * k), 3));
	const vote = loadDouble(add(get(NODE + k), get(TO_VOTES)));
	return [...set(SUM, sum), ...storeDouble(get(SUM), addDoubles(loadDouble(get(SUM)), vote))];
}

function walks(of: (k: number) => Code): Code[] {
	return Array.from({ length: PARALLEL_WALKS }, (_, k) => of(k));
}
