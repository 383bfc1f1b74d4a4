import { createBitVectors } from "./bit-vectors.ts";
import type { Ensemble } from "./ensemble.ts";
import { createModuleWalk } from "./module-walk.ts";
import { PlainWalk } from "./plain-walk.ts";
import type { TreeEvaluator } from "./tree-evaluator.ts";

/** The quickest way to evaluate these trees that is to be had here. All add up the same sums, bit by bit. */
export function createEvaluator(ensemble: Ensemble): TreeEvaluator {
	return createBitVectors(ensemble) ?? createModuleWalk(ensemble) ?? new PlainWalk(ensemble);
}
