import type { Ensemble } from "../ensemble.ts";
import { createPredictor } from "../predictor.ts";
import { rowsOf, type TrainingMatrix } from "./training-matrix.ts";

/**
 * Out-of-fold probabilities: each row is judged by a model that was trained without its fold (`foldOf`, one number a
 * row; {@link groupedFolds} makes one that keeps groups together). Rows of a negative fold are never judged (NaN) and
 * always trained on. `train` gets a matrix of the other rows and the fold's number.
 */
export async function crossValidate(
	matrix: TrainingMatrix,
	foldOf: Int32Array,
	train: (matrix: TrainingMatrix, fold: number) => Promise<Ensemble>,
): Promise<Float64Array> {
	const probabilities = new Float64Array(matrix.rows).fill(Number.NaN);
	const folds = [...new Set(foldOf)].filter((fold) => fold >= 0).sort((a, b) => a - b);
	for (const fold of folds) {
		const kept = rowsWhere(foldOf, (other) => other !== fold);
		const ensemble = await train(rowsOf(matrix, kept), fold);
		judgeRows(
			ensemble,
			matrix,
			rowsWhere(foldOf, (other) => other === fold),
			probabilities,
		);
	}
	return probabilities;
}

/** The probability of each listed row of a matrix, at its place in `out`. */
export function judgeRows(ensemble: Ensemble, matrix: TrainingMatrix, listed: Uint32Array, out: Float64Array): void {
	const predictor = createPredictor({ ensemble });
	const width = matrix.columns.length;
	const rows = new Float64Array(JUDGED_AT_ONCE * width);
	const probabilities = new Float64Array(JUDGED_AT_ONCE);
	for (let begin = 0; begin < listed.length; begin += JUDGED_AT_ONCE) {
		const count = Math.min(JUDGED_AT_ONCE, listed.length - begin);
		for (let f = 0; f < width; f++) {
			const column = matrix.columns[f]!;
			for (let i = 0; i < count; i++) rows[i * width + f] = column[listed[begin + i]!]!;
		}
		predictor.probabilities(rows, count, probabilities);
		for (let i = 0; i < count; i++) out[listed[begin + i]!] = probabilities[i]!;
	}
}

const JUDGED_AT_ONCE = 1024;

function rowsWhere(foldOf: Int32Array, holds: (fold: number) => boolean): Uint32Array {
	const rows: number[] = [];
	for (let i = 0; i < foldOf.length; i++) if (holds(foldOf[i]!)) rows.push(i);
	return Uint32Array.from(rows);
}
