import { randomAt2 } from "./random-key.ts";
import type { TrainingMatrix } from "./training-matrix.ts";

/** A matrix in bins: each value is the number of its feature's thresholds that it exceeds. */
export interface BinnedMatrix {
	readonly rows: number;
	readonly features: number;
	/** Row by row, one byte a feature; in shared memory. A row stays within one or two cache lines. */
	readonly bins: Uint8Array;
	/** Ascending, of each feature: bin b holds values <= thresholds[b] and > thresholds[b - 1]. */
	readonly thresholds: readonly Float32Array[];
	/** Where each feature's bins begin in a histogram; length features + 1. */
	readonly offsets: Int32Array;
}

export const MAX_BINS = 256;
/** The most rows from which quantiles are computed. */
const SAMPLE_ROWS = 100_000;

export function binMatrix(matrix: TrainingMatrix, maxBins: number, seed: number): BinnedMatrix {
	const features = matrix.columns.length;
	const bins = new Uint8Array(new SharedArrayBuffer(Math.max(1, matrix.rows * features)));
	const sample = sampleRows(matrix, seed);
	const thresholds = matrix.columns.map((column) => binThresholds(column, sample, Math.min(maxBins, MAX_BINS)));
	const offsets = new Int32Array(new SharedArrayBuffer(4 * (features + 1)));
	thresholds.forEach((cuts, f) => {
		offsets[f + 1] = offsets[f]! + cuts.length + 1;
		binColumn(matrix.columns[f]!, cuts, bins, f, features);
	});
	return { rows: matrix.rows, features, bins, thresholds, offsets };
}

/** Rows that count for something, all or a random part of them. */
function sampleRows({ rows, weights }: TrainingMatrix, seed: number): Uint32Array {
	const share = SAMPLE_ROWS / rows;
	const chosen: number[] = [];
	for (let i = 0; i < rows; i++) {
		if (weights[i]! > 0 && (share >= 1 || randomAt2(seed, -2, i) < share)) chosen.push(i);
	}
	return Uint32Array.from(chosen);
}

/**
 * Thresholds between the values of a column: between any two different ones where there are few, else such that bins
 * hold about equally many rows. Equal values share one bin, however many there are.
 */
function binThresholds(column: Float32Array, sample: Uint32Array, maxBins: number): Float32Array {
	const values = new Float32Array(sample.length);
	for (let i = 0; i < sample.length; i++) values[i] = ordered(column[sample[i]!]!);
	values.sort();
	let different = values.length > 0 ? 1 : 0;
	for (let i = 1; i < values.length; i++) if (values[i] !== values[i - 1]) different++;
	const cuts: number[] = [];
	let rowsLeft = values.length;
	let inBin = 0;
	for (let i = 1; i < values.length; i++) {
		inBin++;
		if (values[i] === values[i - 1]) continue;
		const binsLeft = maxBins - cuts.length;
		if (different > maxBins && inBin < rowsLeft / binsLeft) continue;
		if (binsLeft <= 1) break;
		cuts.push(between(values[i - 1]!, values[i]!));
		rowsLeft -= inBin;
		inBin = 0;
	}
	return Float32Array.from(cuts);
}

const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** NaN and +Infinity stand behind every number, -Infinity at the lowest one: thresholds stay finite. */
function ordered(value: number): number {
	return Number.isNaN(value) ? Infinity : Math.max(value, -LARGEST_FLOAT32);
}

/** A float32 t with a <= t < b: the middle where the format has it. */
function between(a: number, b: number): number {
	const middle = Math.fround(a / 2 + b / 2);
	return middle >= a && middle < b ? middle : a;
}

/** Counts the thresholds below each value, by a binary search whose steps are additions instead of branches. */
function binColumn(column: Float32Array, cuts: Float32Array, bins: Uint8Array, f: number, features: number): void {
	const padded = new Float32Array(MAX_BINS).fill(Infinity);
	padded.set(cuts);
	for (let i = 0; i < column.length; i++) {
		const value = ordered(column[i]!);
		let bin = 0;
		for (let step = MAX_BINS >> 1; step > 0; step >>= 1) bin += step * +(value > padded[bin + step - 1]!);
		bins[i * features + f] = bin;
	}
}
