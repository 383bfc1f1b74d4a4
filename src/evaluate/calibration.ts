import { clopperPearson, type Interval } from "./interval.ts";
import type { ScoredFlows } from "./scored-flows.ts";

/** Flows with about the same predicted probability, and the number of miners among them. */
export interface CalibrationBin {
	/** Mean predicted probability. */
	readonly predicted: number;
	/** Share of miners among them. */
	readonly observed: number;
	readonly interval: Interval;
	readonly flows: number;
}

/** Whether a probability of 0.8 means that eight in ten are miners, for the given mix of miners and others. */
export interface Calibration {
	/** Bins of equal width that contain a flow, by rising probability. */
	readonly bins: readonly CalibrationBin[];
	/** Mean squared difference between probability and truth (Brier 1950): 0 is perfect. */
	readonly brier: number;
	/** Mean distance of the bins from the diagonal, weighted by their flows (expected calibration error). */
	readonly error: number;
}

const BINS = 10;

export function calibrationOf(scored: ScoredFlows): Calibration {
	const flows = new Float64Array(BINS);
	const sums = new Float64Array(BINS);
	const miners = new Float64Array(BINS);
	let squares = 0;
	scored.forEach((probability, isMiner) => {
		const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
		flows[bin]!++;
		sums[bin]! += probability;
		if (isMiner) miners[bin]!++;
		squares += (probability - (isMiner ? 1 : 0)) ** 2;
	});
	const bins = [...flows.keys()].flatMap((bin): CalibrationBin[] => {
		const count = flows[bin]!;
		if (count === 0) return [];
		const observed = miners[bin]! / count;
		return [{ predicted: sums[bin]! / count, observed, interval: clopperPearson(miners[bin]!, count), flows: count }];
	});
	const error = bins.reduce((sum, { predicted, observed, flows }) => sum + flows * Math.abs(predicted - observed), 0);
	return { bins, brier: squares / scored.length, error: error / scored.length };
}
