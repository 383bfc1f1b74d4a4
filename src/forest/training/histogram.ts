import type { BinnedMatrix } from "./bins.ts";

/**
 * Per bin of each feature the sums of the rows' gradients and hessians (by turns in `sums`) and how many rows they are.
 * In shared memory: threads fill the features they were given.
 */
export interface Histogram {
	readonly sums: Float64Array;
	readonly counts: Int32Array;
}

export function createHistogram(bins: number): Histogram {
	return {
		sums: new Float64Array(new SharedArrayBuffer(16 * bins)),
		counts: new Int32Array(new SharedArrayBuffer(4 * bins)),
	};
}

/** What rows are asked of: the binned matrix, gradient and hessian of each row by turns, and rows grouped by node. */
export interface GrowingRows {
	readonly matrix: Pick<BinnedMatrix, "features" | "bins" | "offsets">;
	readonly gradients: Float32Array;
	readonly order: Uint32Array;
}

/**
 * Fills the histogram of rows `order[begin … end - 1]` for the features `first … last - 1`. Rows are added in their
 * order whatever the range of features, so the sums do not depend on how features are dealt out to threads.
 */
export function fillHistogram(
	histogram: Histogram,
	{ matrix, gradients, order }: GrowingRows,
	begin: number,
	end: number,
	first: number,
	last: number,
): void {
	const { sums, counts } = histogram;
	const { bins, features, offsets } = matrix;
	sums.fill(0, 2 * offsets[first]!, 2 * offsets[last]!);
	counts.fill(0, offsets[first]!, offsets[last]!);
	for (let i = begin; i < end; i++) {
		const row = order[i]!;
		const gradient = gradients[2 * row]!;
		const hessian = gradients[2 * row + 1]!;
		const at = row * features;
		for (let f = first; f < last; f++) {
			const bin = offsets[f]! + bins[at + f]!;
			sums[2 * bin] = sums[2 * bin]! + gradient;
			sums[2 * bin + 1] = sums[2 * bin + 1]! + hessian;
			counts[bin] = counts[bin]! + 1;
		}
	}
}

/** The same for the few features listed: what a forest's node draws. */
export function fillListed(
	histogram: Histogram,
	{ matrix, gradients, order }: GrowingRows,
	begin: number,
	end: number,
	listed: Int32Array,
): void {
	const { sums, counts } = histogram;
	const { bins, features, offsets } = matrix;
	for (const f of listed) {
		sums.fill(0, 2 * offsets[f]!, 2 * offsets[f + 1]!);
		counts.fill(0, offsets[f]!, offsets[f + 1]!);
	}
	const few = listed.length;
	for (let i = begin; i < end; i++) {
		const row = order[i]!;
		const gradient = gradients[2 * row]!;
		const hessian = gradients[2 * row + 1]!;
		const at = row * features;
		for (let k = 0; k < few; k++) {
			const f = listed[k]!;
			const bin = offsets[f]! + bins[at + f]!;
			sums[2 * bin] = sums[2 * bin]! + gradient;
			sums[2 * bin + 1] = sums[2 * bin + 1]! + hessian;
			counts[bin] = counts[bin]! + 1;
		}
	}
}

/** Turns a split's histogram into that of one child by taking the other child's away. */
export function subtractHistogram(from: Histogram, taken: Histogram): void {
	const { sums, counts } = from;
	for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! - taken.sums[i]!;
	for (let i = 0; i < counts.length; i++) counts[i] = counts[i]! - taken.counts[i]!;
}
