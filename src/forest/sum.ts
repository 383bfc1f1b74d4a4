import { type Ensemble, treeCount } from "./ensemble.ts";

/** The probability for a sum of votes. scikit-learn divides the sum of a forest by the number of trees. */
export function probabilityOfSum(ensemble: Ensemble, sum: number): number {
	return ensemble.kind === "forest" ? sum / treeCount(ensemble) : logistic(sum);
}

/**
 * 1 / (1 + e^-x). Both tails keep their relative precision where the format allows it, and nothing overflows to NaN.
 */
export function logistic(x: number): number {
	return 1 / (1 + Math.exp(-x));
}
