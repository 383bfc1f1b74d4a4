import { randomAt } from "./random-key.ts";
import { trainingError } from "./training-matrix.ts";

/**
 * Assigns groups to folds of about equal weight: the heaviest group first, each to the lightest fold so far. The seed
 * orders groups of equal weight. Returns the fold of each row.
 */
export function groupedFolds(groups: Int32Array, weights: Float64Array, folds: number, seed: number): Int32Array {
	const weightOf = new Map<number, number>();
	groups.forEach((group, i) => {
		weightOf.set(group, (weightOf.get(group) ?? 0) + weights[i]!);
	});
	if (!(folds >= 2 && folds <= weightOf.size)) throw trainingError(`${folds} folds of ${weightOf.size} groups`);
	const dealt = [...weightOf].map(([group, weight]) => ({ group, weight, draw: randomAt(seed, group) }));
	dealt.sort((a, b) => b.weight - a.weight || a.draw - b.draw || a.group - b.group);
	const total = new Float64Array(folds);
	const size = new Int32Array(folds);
	const foldOf = new Map<number, number>();
	for (const { group, weight } of dealt) {
		let lightest = 0;
		for (let fold = 1; fold < folds; fold++) {
			const lighter = total[fold]! - total[lightest]! || size[fold]! - size[lightest]!;
			if (lighter < 0) lightest = fold;
		}
		foldOf.set(group, lightest);
		total[lightest]! += weight;
		size[lightest]! += 1;
	}
	return groups.map((group) => foldOf.get(group)!);
}
