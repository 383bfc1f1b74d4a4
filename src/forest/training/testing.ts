import { randomAt2 } from "./random-key.ts";
import type { TrainingMatrix } from "./training-matrix.ts";

/**
 * Rows whose label follows from the first three of `features` features and some noise; groups of three rows. For tests
 * and benchmarks.
 */
export function syntheticMatrix(rows: number, features: number, seed = 1, noise = 2): TrainingMatrix {
	const columns = Array.from({ length: features }, (_, f) => randomColumn(rows, seed, f));
	const [a, b, c] = columns as [Float32Array, Float32Array, Float32Array];
	const labels = Uint8Array.from({ length: rows }, (_, i) => {
		const hidden = 2 * Math.sin(a[i]!) + ((b[i]! > 5 ? 1 : -1) * (c[i]! - 5)) / 2;
		return Number(hidden + (randomAt2(seed, -1, i) - 0.5) * noise > 0.5);
	});
	return {
		rows,
		featureNames: columns.map((_, f) => `f${f}`),
		columns,
		labels,
		weights: new Float64Array(rows).fill(1),
		groups: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 3)),
	};
}

function randomColumn(rows: number, seed: number, f: number): Float32Array {
	const column = new Float32Array(rows);
	for (let i = 0; i < rows; i++) column[i] = randomAt2(seed, f, i) * 10;
	return column;
}

/** The matrix row by row, as prediction takes it. */
export function rowMajor({ rows, columns }: TrainingMatrix): Float64Array {
	const values = new Float64Array(rows * columns.length);
	columns.forEach((column, f) => {
		for (let i = 0; i < rows; i++) values[i * columns.length + f] = column[i]!;
	});
	return values;
}
