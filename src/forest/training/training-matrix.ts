import { DeCryptoError } from "../../bytes/error.ts";
import { MAX_FEATURES } from "../ensemble.ts";

/** The training data. One row per flow; NaN is larger than every number, as in prediction. */
export interface TrainingMatrix {
	readonly rows: number;
	readonly featureNames: readonly string[];
	/** One column a feature, `rows` values each. */
	readonly columns: readonly Float32Array[];
	/** 1: miner, 0: other. */
	readonly labels: Uint8Array;
	/** Weight of each row; 0 excludes it. */
	readonly weights: Float64Array;
	/** Rows of one group (a connection, a source) are never split between training and judging. */
	readonly groups: Int32Array;
}

/** Throws (code `training`) if the columns do not fit together or nothing can be learnt. */
export function checkMatrix(matrix: TrainingMatrix): void {
	const { rows, columns, featureNames, labels, weights, groups } = matrix;
	if (columns.length < 1 || columns.length > MAX_FEATURES) throw trainingError(`${columns.length} features`);
	if (featureNames.length !== columns.length) {
		throw trainingError(`${featureNames.length} feature names for ${columns.length} columns`);
	}
	const lengths = [...columns.map((column) => column.length), labels.length, weights.length, groups.length];
	if (lengths.some((length) => length !== rows)) throw trainingError(`columns are not all of ${rows} rows`);
	const weightOf = [0, 0];
	for (let i = 0; i < rows; i++) {
		const label = labels[i]!;
		const weight = weights[i]!;
		if (label > 1) throw trainingError(`row ${i}: label ${label}`);
		if (!(weight >= 0 && weight < Infinity)) throw trainingError(`row ${i}: weight ${weight}`);
		weightOf[label]! += weight;
	}
	if (!(weightOf[0]! > 0 && weightOf[1]! > 0)) throw trainingError("needs miners and others, both with a weight");
}

/** Mean weight of the rows with a weight: the unit of small gains. */
export function meanWeight({ weights }: Pick<TrainingMatrix, "weights">): number {
	let total = 0;
	let counting = 0;
	for (const weight of weights) {
		total += weight;
		counting += Number(weight > 0);
	}
	return total / counting;
}

export function trainingError(message: string): DeCryptoError {
	return new DeCryptoError("training", message);
}

/** The chosen rows as a matrix of their own. */
export function rowsOf(matrix: TrainingMatrix, chosen: Uint32Array): TrainingMatrix {
	const gather = <A extends Float32Array | Float64Array | Uint8Array | Int32Array>(values: A, into: A): A => {
		for (let i = 0; i < chosen.length; i++) into[i] = values[chosen[i]!]!;
		return into;
	};
	return {
		rows: chosen.length,
		featureNames: matrix.featureNames,
		columns: matrix.columns.map((column) => gather(column, new Float32Array(chosen.length))),
		labels: gather(matrix.labels, new Uint8Array(chosen.length)),
		weights: gather(matrix.weights, new Float64Array(chosen.length)),
		groups: gather(matrix.groups, new Int32Array(chosen.length)),
	};
}

/** The same matrix in memory that threads share. */
export function sharedMatrix(matrix: TrainingMatrix): TrainingMatrix {
	const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
	const columns = matrix.columns.map((column) => {
		const copy = new Float32Array(shared(column.byteLength));
		copy.set(column);
		return copy;
	});
	const labels = new Uint8Array(shared(matrix.labels.byteLength));
	const weights = new Float64Array(shared(matrix.weights.byteLength));
	const groups = new Int32Array(shared(matrix.groups.byteLength));
	labels.set(matrix.labels);
	weights.set(matrix.weights);
	groups.set(matrix.groups);
	return { ...matrix, columns, labels, weights, groups };
}
