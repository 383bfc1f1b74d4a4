import { isRejected } from "./cascade.ts";
import { type Ensemble, LEAF, treeCount } from "./ensemble.ts";
import { logistic, probabilityOfSum } from "./sum.ts";

/**
 * Path attribution: what each step of a row's path through a tree adds to the expected vote is given to the feature the
 * step asked for, and the trees are summed up (A. Saabas, "Interpreting random forests", 2014; for a forest this is the
 * decomposition prediction = bias + Σ contributions). The expected vote of a node is the mean of the votes below it,
 * weighted by the training rows that came there.
 *
 * Effects are in probability. A forest's votes are probabilities, so they are divided by the number of trees. Boosted
 * trees vote in log-odds: their effects are scaled by (p − p₀) / (x − x₀), the mean slope of the logistic function
 * between the expected log-odds x₀ and the row's own x. Either way the effects add up to p − p₀, where p₀ is the
 * probability before any feature was looked at. Returns p; for a row that a stage rejects 0, and the effects are
 * those of all trees nonetheless.
 */
export function attributePaths(ensemble: Ensemble, row: Float64Array, effects: Float64Array): number {
	const { feature, threshold, right, value, roots } = ensemble;
	effects.fill(0, 0, ensemble.featureCount);
	let sum = ensemble.base;
	let expected = ensemble.base;
	let rejected = false;
	for (let t = 0; t + 1 < roots.length; t++) {
		let node = roots[t]!;
		expected += value[node]!;
		while (feature[node] !== LEAF) {
			const asked = feature[node]!;
			const next = Math.fround(row[asked]!) <= threshold[node]! ? node + 1 : right[node]!;
			effects[asked] = effects[asked]! + value[next]! - value[node]!;
			node = next;
		}
		sum += value[node]!;
		rejected ||= isRejected(ensemble, t + 1, sum);
	}
	const probability = probabilityOfSum(ensemble, sum);
	const scale = ensemble.kind === "forest" ? 1 / treeCount(ensemble) : meanSlope(expected, sum);
	for (let f = 0; f < ensemble.featureCount; f++) effects[f] = effects[f]! * scale;
	return rejected ? 0 : probability;
}

/** (logistic(b) − logistic(a)) / (b − a), and the derivative where a and b are as good as the same. */
function meanSlope(a: number, b: number): number {
	if (Math.abs(b - a) > 1e-6) return (logistic(b) - logistic(a)) / (b - a);
	const p = logistic((a + b) / 2);
	return p * (1 - p);
}
