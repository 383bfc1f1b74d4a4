import type { Ensemble, Stage } from "./ensemble.ts";
import { modelError } from "./model-error.ts";

/** The same trees with stages. Throws (code `model`) if the stages are invalid. */
export function cascaded(ensemble: Ensemble, stages: readonly Stage[]): Ensemble {
	if (stages.length > 0 && ensemble.kind !== "boosted") throw modelError("only boosted trees have stages");
	let before = 0;
	for (const { trees, rejectAt } of stages) {
		if (!(Number.isInteger(trees) && trees > before && trees < ensemble.roots.length - 1)) {
			throw modelError(`a stage after ${trees} trees of ${ensemble.roots.length - 1}, behind one after ${before}`);
		}
		if (!Number.isFinite(rejectAt)) throw modelError(`a stage with the bound ${rejectAt}`);
		before = trees;
	}
	return { ...ensemble, stages };
}

/** Describes the stages in words, for people. */
export function stagesInWords(stages: readonly Stage[]): string {
	const list = stages.map(({ trees, rejectAt }) => `${rejectAt} after ${trees}`);
	return `a flow whose log-odds are not above ${list.join(", ")} trees: its probability is 0`;
}

/** Whether a stage rejects a row with this sum after `asked` trees. */
export function isRejected({ stages }: Ensemble, asked: number, sum: number): boolean {
	for (const { trees, rejectAt } of stages) if (trees === asked) return !(sum > rejectAt);
	return false;
}
