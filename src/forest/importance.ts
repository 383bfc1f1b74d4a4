import { type Ensemble, LEAF, treeCount } from "./ensemble.ts";

/**
 * The share of each feature in the improvement of the trees; the shares add up to 1 (all 0 if no tree splits). For a
 * forest scikit-learn's `feature_importances_`: decreases of impurity, each tree's normalised, averaged over the trees
 * that split at all, normalised. For boosted trees the gains of all splits, normalised: later trees correct little and
 * count little.
 */
export function featureImportances(ensemble: Ensemble): Float64Array {
	const { feature, gain, roots, featureCount } = ensemble;
	const importances = new Float64Array(featureCount);
	const ofTree = new Float64Array(featureCount);
	for (let t = 0; t < treeCount(ensemble); t++) {
		ofTree.fill(0);
		for (let i = roots[t]!; i < roots[t + 1]!; i++) {
			const asked = feature[i]!;
			if (asked !== LEAF) ofTree[asked] = ofTree[asked]! + gain[i]!;
		}
		if (ensemble.kind === "forest") normalise(ofTree);
		for (let f = 0; f < featureCount; f++) importances[f] = importances[f]! + ofTree[f]!;
	}
	normalise(importances);
	return importances;
}

function normalise(numbers: Float64Array): void {
	let total = 0;
	for (const number of numbers) total += number;
	if (total > 0) for (let i = 0; i < numbers.length; i++) numbers[i] = numbers[i]! / total;
}
