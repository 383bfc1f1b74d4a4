import { type Ensemble, LEAF, treeCount } from "./ensemble.ts";
import { float32Threshold } from "./float32-threshold.ts";
import { BLOCK_ROWS, type TreeEvaluator } from "./tree-evaluator.ts";
import { BIT_VECTOR_KERNEL, ROWS_ABREAST, SPLIT_BYTES } from "./wasm/bit-vector-kernel.ts";
import { type Kernel, KernelFactory } from "./wasm/kernel.ts";
import { MemoryLayout } from "./wasm/memory-layout.ts";

/** What a bit vector has room for. */
export const MOST_LEAVES = 32;

/** Where votes for nobody go: lists of rows are filled up with it. */
const SPARE_ROW = BLOCK_ROWS;
/** With a column as long as a power of two all columns would share a few lines of the cache. */
const COLUMN_ROWS = BLOCK_ROWS + ROWS_ABREAST;
/** Trees that must still be to come for packing the columns of the rows that are left to pay. */
const PACKING_PAYS = 32;

const factory = new KernelFactory(BIT_VECTOR_KERNEL);

/** Trees of at most {@link MOST_LEAVES} leaves, evaluated by {@link BIT_VECTOR_KERNEL}; undefined where they are larger, or it is not to be had. */
export function createBitVectors(ensemble: Ensemble): TreeEvaluator | undefined {
	if (mostLeaves(ensemble) > MOST_LEAVES) return undefined;
	const layout = new MemoryLayout();
	const splitCount = countSplits(ensemble);
	const addresses = {
		splits: layout.claim(splitCount * SPLIT_BYTES),
		votes: layout.claim((ensemble.feature.length - splitCount + treeCount(ensemble)) * 8),
		columns: layout.claim(ensemble.featureCount * COLUMN_ROWS * 4),
		places: layout.claim(COLUMN_ROWS * 4),
		sums: layout.claim((BLOCK_ROWS + 1) * 8),
	};
	const kernel = factory.create(layout.size);
	return kernel && new BitVectors(ensemble, kernel.run, kernel.buffer, addresses);
}

interface Addresses {
	readonly splits: number;
	readonly votes: number;
	readonly columns: number;
	readonly places: number;
	readonly sums: number;
}

class BitVectors implements TreeEvaluator {
	readonly active = new Int32Array(BLOCK_ROWS);
	readonly sums: Float64Array;
	readonly #ensemble: Ensemble;
	readonly #run: Kernel;
	readonly #at: Addresses;
	/** Addresses of each tree's first split and first vote, and where the last one's end. */
	readonly #splitsAt: Int32Array;
	readonly #votesAt: Int32Array;
	/** The rows' values, a column a feature. */
	readonly #values: Float32Array;
	/** For each place in the columns 8 × its row: where its sum is. */
	readonly #sumOffsets: Int32Array;
	/** For each row its place in the columns. */
	readonly #placeOf = new Int32Array(BLOCK_ROWS);
	/** Places in use, a multiple of the kernel's rows abreast. */
	#width = 0;
	/** Places from one column's beginning to the next one's. */
	#stride = 0;

	constructor(ensemble: Ensemble, run: Kernel, buffer: ArrayBuffer, at: Addresses) {
		this.#ensemble = ensemble;
		this.#run = run;
		this.#at = at;
		this.sums = new Float64Array(buffer, at.sums, BLOCK_ROWS + 1);
		this.#values = new Float32Array(buffer, at.columns, ensemble.featureCount * COLUMN_ROWS);
		this.#sumOffsets = new Int32Array(buffer, at.places, COLUMN_ROWS);
		this.#splitsAt = new Int32Array(treeCount(ensemble) + 1);
		this.#votesAt = new Int32Array(treeCount(ensemble) + 1);
		this.#writeTrees(buffer);
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

	addVotes(t: number, live: number): void {
		if (2 * roundedUp(live) <= this.#width && treeCount(this.#ensemble) - t >= PACKING_PAYS) this.#pack(live);
		const splits = this.#splitsAt;
		const { columns, places, sums } = this.#at;
		this.#run(splits[t]!, splits[t + 1]!, this.#votesAt[t]!, columns, 4 * this.#stride, places, 4 * this.#width, sums);
	}

	/** Moves the rows that are still asked together, so that the others cost nothing. Their order stays: none is overwritten before it has moved. */
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
		this.#stride = this.#width % LINES_APART === 0 ? this.#width + ROWS_ABREAST : this.#width;
		this.#sumOffsets.fill(8 * SPARE_ROW, 0, this.#width);
	}

	#place(row: number, place: number): void {
		this.#placeOf[row] = place;
		this.#sumOffsets[place] = 8 * row;
	}

	/** Each tree's splits, in any order, and its votes from the leftmost leaf on. A tree without a split gets one that takes no leaf away. */
	#writeTrees(buffer: ArrayBuffer): void {
		const { roots, feature, threshold, value } = this.#ensemble;
		const words = new Int32Array(buffer, this.#at.splits);
		const thresholds = new Float32Array(buffer, this.#at.splits);
		const votes = new Float64Array(buffer, this.#at.votes);
		let split = 0;
		let vote = 0;
		const write = (feature: number, threshold: number, leftLeaves: number) => {
			words[split] = feature;
			thresholds[split + 1] = threshold;
			words[split + 2] = ~leftLeaves;
			split += SPLIT_BYTES >> 2;
		};
		for (let t = 0; t < treeCount(this.#ensemble); t++) {
			this.#splitsAt[t] = this.#at.splits + 4 * split;
			this.#votesAt[t] = this.#at.votes + 8 * vote;
			const first = vote;
			for (let node = roots[t]!; node < roots[t + 1]!; node++) {
				if (feature[node] === LEAF) {
					votes[vote++] = value[node]!;
					continue;
				}
				// In preorder the leaves of the left subtree are the next ones to come.
				const leftLeaves = leavesOf(this.#ensemble, node + 1, this.#ensemble.right[node]!);
				write(feature[node]!, float32Threshold(threshold[node]!), bits(vote - first, leftLeaves));
			}
			if (this.#splitsAt[t] === this.#at.splits + 4 * split) write(0, 0, 0);
		}
		this.#splitsAt[treeCount(this.#ensemble)] = this.#at.splits + 4 * split;
	}
}

/** Columns this many places long or a multiple would share lines of the cache. */
const LINES_APART = 256;

function roundedUp(rows: number): number {
	return Math.ceil(rows / ROWS_ABREAST) * ROWS_ABREAST;
}

/** `count` bits set from bit `first` on; a split has leaves on both sides, so they are never all 32. */
function bits(first: number, count: number): number {
	return ((1 << count) - 1) << first;
}

function leavesOf({ feature }: Ensemble, begin: number, end: number): number {
	let leaves = 0;
	for (let node = begin; node < end; node++) if (feature[node] === LEAF) leaves++;
	return leaves;
}

function mostLeaves(ensemble: Ensemble): number {
	let most = 0;
	for (let t = 0; t < treeCount(ensemble); t++)
		most = Math.max(most, leavesOf(ensemble, ensemble.roots[t]!, ensemble.roots[t + 1]!));
	return most;
}

/** With the one that a tree without any gets. */
function countSplits(ensemble: Ensemble): number {
	return ensemble.feature.length - leavesOf(ensemble, 0, ensemble.feature.length) + treeCount(ensemble);
}
