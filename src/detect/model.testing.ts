import { ensembleOf, LEAF, type Tree } from "../forest/ensemble.ts";
import type { Model } from "../forest/model.ts";
import { ORIGINAL_FEATURES } from "./original-features.ts";

const FEATURES = Object.keys(ORIGINAL_FEATURES.features);

/**
 * A forest of ten stumps with a predictable result: the probability is the tens of bytes that the source sent, divided
 * by ten (BYTES 35: 0.3), from 0 to 1.
 */
export function tensOfBytesModel(also: Partial<Model> = {}): Model {
	const trees = Array.from({ length: 10 }, (_, t) => stump(10 * t + 9.5));
	return {
		featureNames: FEATURES,
		classes: ["Other", "Miner"],
		ensemble: ensembleOf("forest", 0, FEATURES.length, trees),
		card: { name: "tens of bytes", origin: "a test" },
		...also,
	};
}

/** Votes 1 where BYTES is above the threshold, else 0. */
function stump(threshold: number): Tree {
	return {
		feature: Int16Array.of(FEATURES.indexOf("BYTES"), LEAF, LEAF),
		threshold: Float64Array.of(threshold, 0, 0),
		right: Int32Array.of(2, 0, 0),
		value: Float64Array.of(0.5, 0, 1),
		weight: Float64Array.of(2, 1, 1),
		gain: Float64Array.of(1, 0, 0),
	};
}
