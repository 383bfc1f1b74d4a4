import { type Ensemble, treeCount } from "./ensemble.ts";

/** The probability that a sum of votes stands for. scikit-learn divides a forest's sum by the number of trees. */
export function probabilityOfSum(ensemble: Ensemble, sum: number): number {
	return ensemble.kind === "forest" ? sum / treeCount(ensemble) : logistic(sum);
}

/** 1 / (1 + e^-x). Both tails keep their relative precision where the format allows it, and nothing overflows to NaN. */
export function logistic(x: number): number {
	return 1 / (1 + Math.exp(-x));
}
