import { type Ensemble, treeCount } from "./ensemble.ts";
import { type PackedSplits, packSplits } from "./packed-splits.ts";
import { BLOCK_ROWS, ROWS_AND_SPARE, SPARE_ROW, type TreeEvaluator } from "./tree-evaluator.ts";
import { BIT_VECTOR_KERNEL, PARALLEL_ROWS, SPLIT_BYTES, TREE_BYTES } from "./wasm/bit-vector-kernel.ts";
import { type Kernel, KernelFactory } from "./wasm/kernel.ts";
import { layOut } from "./wasm/memory-layout.ts";

/** With columns of a multiple of this many places all of them would share a few lines of the cache. */
const PLACES_COLLIDING = 256;
/** Rows of a column, padded so that columns do not compete for the same cache sets. */
const COLUMN_ROWS = BLOCK_ROWS + PARALLEL_ROWS;
/** Trees that must still be to come for packing the columns of the rows that are left to pay. */
const PACKING_PAYS = 32;

const factory = new KernelFactory(BIT_VECTOR_KERNEL);

/**
 * Trees with few leaves, evaluated by {@link BIT_VECTOR_KERNEL}; undefined if a tree is larger or the kernel is not
 * available.
 */
export function createBitVectors(ensemble: Ensemble): TreeEvaluator | undefined {
	const splits = packSplits(ensemble);
	if (splits === undefined) return undefined;
	const { at, size } = layoutOf(ensemble, splits);
	const kernel = factory.create(size);
	return kernel && new BitVectors(ensemble, splits, kernel.run, kernel.buffer, at);
}

function layoutOf(ensemble: Ensemble, splits: PackedSplits) {
	return layOut({
		trees: (treeCount(ensemble) + 1) * TREE_BYTES,
		splits: splits.features.length * SPLIT_BYTES,
		votes: splits.votes.byteLength,
		columns: ensemble.featureCount * COLUMN_ROWS * 4,
		sumOffsets: COLUMN_ROWS * 4,
		sums: ROWS_AND_SPARE * 8,
	});
}

type Addresses = ReturnType<typeof layoutOf>["at"];

class BitVectors implements TreeEvaluator {
	readonly active = new Int32Array(BLOCK_ROWS);
	readonly sums: Float64Array;
	readonly #ensemble: Ensemble;
	readonly #run: Kernel;
	readonly #at: Addresses;
	/** The rows' values, a column a feature. */
	readonly #values: Float32Array;
	/** For each place in the columns 8 × its row: where its sum is. */
	readonly #sumOffsets: Int32Array;
	/** For each row its place in the columns. */
	readonly #placeOf = new Int32Array(BLOCK_ROWS);
	/** Places in use, a multiple of the rows that the kernel processes in parallel. */
	#width = 0;
	/** Places from one column's beginning to the next one's. */
	#stride = 0;

	constructor(ensemble: Ensemble, splits: PackedSplits, run: Kernel, buffer: ArrayBuffer, at: Addresses) {
		this.#ensemble = ensemble;
		this.#run = run;
		this.#at = at;
		this.sums = new Float64Array(buffer, at.sums, ROWS_AND_SPARE);
		this.#values = new Float32Array(buffer, at.columns, ensemble.featureCount * COLUMN_ROWS);
		this.#sumOffsets = new Int32Array(buffer, at.sumOffsets, COLUMN_ROWS);
		const trees = new Int32Array(buffer, at.trees);
		for (let t = 0; t <= treeCount(ensemble); t++) {
			trees[2 * t] = at.splits + splits.firstSplit[t]! * SPLIT_BYTES;
			trees[2 * t + 1] = at.votes + splits.firstVote[t]! * 8;
		}
		new Float64Array(buffer, at.votes, splits.votes.length).set(splits.votes);
		const words = new Int32Array(buffer, at.splits);
		const thresholds = new Float32Array(buffer, at.splits);
		for (let split = 0, word = 0; split < splits.features.length; split++, word += SPLIT_BYTES >> 2) {
			words[word] = splits.features[split]!;
			thresholds[word + 1] = splits.thresholds[split]!;
			words[word + 2] = splits.otherLeaves[split]!;
		}
	}

	fill(rows: Float64Array, begin: number, size: number): void {
		const { featureCount, base } = this.#ensemble;
		this.sums.fill(base, 0, size);
		this.#setWidth(size);
		const values = this.#values;
		const stride = this.#stride;
		let from = begin * featureCount;
		for (let row = 0; row < size; row++) {
			for (let at = row; at < featureCount * stride; at += stride) values[at] = rows[from++]!;
			this.active[row] = row;
			this.#place(row, row);
		}
	}

	addVotes(begin: number, end: number, live: number): void {
		if (begin === end || live === 0) return;
		if (2 * roundedUp(live) <= this.#width && treeCount(this.#ensemble) - begin >= PACKING_PAYS) this.#pack(live);
		const { trees, columns, sumOffsets, sums } = this.#at;
		const [first, last] = [trees + begin * TREE_BYTES, trees + end * TREE_BYTES];
		this.#run(first, last, columns, 4 * this.#stride, sumOffsets, 4 * this.#width, sums);
	}

	/**
	 * Compacts the undecided rows in their order, so that decided ones cost nothing. No row is overwritten before it
	 * was moved.
	 */
	#pack(live: number): void {
		const values = this.#values;
		const active = this.active;
		const placeOf = this.#placeOf;
		const stride = this.#stride;
		this.#setWidth(live);
		for (let f = 0; f < this.#ensemble.featureCount; f++) {
			const from = f * stride;
			const to = f * this.#stride;
			for (let a = 0; a < live; a++) values[to + a] = values[from + placeOf[active[a]!]!]!;
		}
		for (let a = 0; a < live; a++) this.#place(active[a]!, a);
	}

	#setWidth(rows: number): void {
		this.#width = roundedUp(rows);
		this.#stride = this.#width % PLACES_COLLIDING === 0 ? this.#width + PARALLEL_ROWS : this.#width;
		this.#sumOffsets.fill(8 * SPARE_ROW, 0, this.#width);
	}

	#place(row: number, place: number): void {
		this.#placeOf[row] = place;
		this.#sumOffsets[place] = 8 * row;
	}
}

function roundedUp(rows: number): number {
	return Math.ceil(rows / PARALLEL_ROWS) * PARALLEL_ROWS;
}
