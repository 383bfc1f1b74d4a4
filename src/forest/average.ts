import { type Ensemble, ensembleOf, nodesBetween, type Tree, treeCount } from "./ensemble.ts";
import { modelError } from "./model-error.ts";

/** One tree of an ensemble. */
function treeAt(ensemble: Ensemble, t: number): Tree {
	const begin = ensemble.roots[t]!;
	const tree = nodesBetween(ensemble, begin, ensemble.roots[t + 1]!);
	return { ...tree, right: tree.right.map((right) => Math.max(0, right - begin)) };
}

/**
 * Several ensembles of one kind and one set of features as one. Boosted: the mean of their log-odds, so votes and bases
 * are divided by how many they are (votes rounded to float32, as trained ones are). Forests: all their trees.
 * Stages they have are left out: the mean would need others.
 * The trees are interleaved, first trees first: these have the largest votes, and the early exit needs them early.
 */
export function averaged(ensembles: readonly Ensemble[]): Ensemble {
	const [first] = ensembles;
	if (first === undefined) throw modelError("nothing to average");
	const { kind, featureCount } = first;
	if (ensembles.some((other) => other.kind !== kind || other.featureCount !== featureCount)) {
		throw modelError("models of different kinds or features cannot be averaged");
	}
	if (ensembles.length === 1) return first;
	const share = kind === "boosted" ? 1 / ensembles.length : 1;
	const trees: Tree[] = [];
	for (let t = 0; ensembles.some((ensemble) => t < treeCount(ensemble)); t++) {
		for (const ensemble of ensembles) {
			if (t >= treeCount(ensemble)) continue;
			const tree = treeAt(ensemble, t);
			trees.push({
				...tree,
				value: tree.value.map((value) => (kind === "boosted" ? Math.fround(value * share) : value)),
			});
		}
	}
	const base = kind === "boosted" ? ensembles.reduce((sum, { base }) => sum + base, 0) * share : 0;
	return ensembleOf(kind, base, featureCount, trees);
}
