import { isRejected } from "./cascade.ts";
import { type Ensemble, LEAF } from "./ensemble.ts";
import { probabilityOfSum } from "./sum.ts";

/**
 * The oracle of the fast predictor, which must agree with it bit by bit. scikit-learn's arithmetic: the row is rounded
 * to float32, the threshold stays float64, the votes are added in the order of the trees in float64. Returns the
 * probability of mining for the row of `ensemble.featureCount` values that begins at `offset`.
 */
export function referenceProbability(ensemble: Ensemble, row: Float64Array, offset = 0): number {
	const { feature, threshold, right, value, roots } = ensemble;
	let sum = ensemble.base;
	for (let t = 0; t + 1 < roots.length; t++) {
		let node = roots[t]!;
		while (feature[node] !== LEAF) {
			const asked = Math.fround(row[offset + feature[node]!]!);
			node = asked <= threshold[node]! ? node + 1 : right[node]!;
		}
		sum += value[node]!;
		if (isRejected(ensemble, t + 1, sum)) return 0;
	}
	return probabilityOfSum(ensemble, sum);
}
