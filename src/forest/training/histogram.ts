import type { BinnedMatrix } from "./bins.ts";

/** For each bin of each feature: the sums of gradients and hessians (interleaved in `sums`) and the number of rows. */
export interface Histogram {
	/** Index in the pool: the identifier that threads exchange. */
	readonly slot: number;
	readonly sums: Float64Array;
	readonly counts: Int32Array;
}

/** The binned matrix, the interleaved gradients and hessians of the rows, and the rows grouped by node. */
export interface GrowingRows {
	readonly matrix: Pick<BinnedMatrix, "features" | "bins" | "offsets">;
	readonly gradients: Float32Array;
	readonly order: Uint32Array;
}

/**
 * Fills the histogram of rows `order[begin … end - 1]` for the features `listed[first … last - 1]`. Rows are added in
 * their order, whatever the features: the sums do not depend on how features are distributed over threads.
 */
export function fillHistogram(
	{ sums, counts }: Histogram,
	{ matrix, gradients, order }: GrowingRows,
	begin: number,
	end: number,
	listed: Int32Array,
	first: number,
	last: number,
): void {
	const { bins, features, offsets } = matrix;
	for (let k = first; k < last; k++) {
		const f = listed[k]!;
		sums.fill(0, 2 * offsets[f]!, 2 * offsets[f + 1]!);
		counts.fill(0, offsets[f]!, offsets[f + 1]!);
	}
	for (let i = begin; i < end; i++) {
		const row = order[i]!;
		const gradient = gradients[2 * row]!;
		const hessian = gradients[2 * row + 1]!;
		const at = row * features;
		for (let k = first; k < last; k++) {
			const f = listed[k]!;
			const bin = offsets[f]! + bins[at + f]!;
			sums[2 * bin] = sums[2 * bin]! + gradient;
			sums[2 * bin + 1] = sums[2 * bin + 1]! + hessian;
			counts[bin] = counts[bin]! + 1;
		}
	}
}

/** Subtracts the histogram of one child from that of its parent: the result is the other child's. */
export function subtractHistogram(from: Histogram, taken: Histogram): void {
	const { sums, counts } = from;
	for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! - taken.sums[i]!;
	for (let i = 0; i < counts.length; i++) counts[i] = counts[i]! - taken.counts[i]!;
}
