import assert from "node:assert/strict";
import { test } from "node:test";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { cascaded } from "./cascade.ts";
import { describeModel } from "./describe-model.ts";
import { ensembleOf, LEAF } from "./ensemble.ts";
import { openModel } from "./open-model.ts";

const ORIGINAL = "golden/detector/model/data_symmetry.pickle";

/** The original's features as scikit-learn 1.2.1 shows them: importance, splits, different thresholds. */
const SHOWN: Readonly<Record<string, readonly [number, number, number]>> = {
	BYTES: [0.0473, 1353, 950],
	BYTES_REV: [0.051, 1271, 1006],
	PACKETS: [0.0163, 820, 212],
	PACKETS_REV: [0.0238, 897, 195],
	SENT_PERCENTAGE: [0.1532, 669, 197],
	RECV_PERCENTAGE: [0.1829, 633, 200],
	AVG_PKT_INTERVAL: [0.155, 1292, 1084],
	OVERALL_DURATION: [0.0716, 1105, 986],
	AVG_PKT_LEN: [0.0695, 1431, 1189],
	PSH_RATIO: [0.0709, 663, 186],
	MIN_PKT_LEN: [0.1009, 1472, 298],
	DATA_SYMMETRY: [0.0576, 1255, 1059],
};

test("the original's model is described as scikit-learn describes it", { skip: needsShared(ORIGINAL) }, () => {
	const description = describeModel(openModel(sharedPath(ORIGINAL)!));
	assert.equal(description.trees, 100);
	assert.equal(description.nodes, 25_822);
	assert.equal(description.leaves, 12_961);
	assert.deepEqual(description.depth, { least: 10, most: 10 });
	assert.deepEqual(description.treeNodes, { least: 209, most: 315 });
	assert.equal(description.minerClass, "1");
	for (const { name, importance, splits, differentThresholds } of description.features) {
		assert.deepEqual([Number(importance.toFixed(4)), splits, differentThresholds], SHOWN[name], name);
	}
});

/** One split on the second of two features, worth 3, and a tree that is a leaf. */
const two = ensembleOf("forest", 0, 2, [
	{
		feature: Int16Array.of(1, LEAF, LEAF),
		threshold: Float64Array.of(0.5, 0, 0),
		right: Int32Array.of(2, 0, 0),
		value: Float64Array.of(0, 0.25, 1),
		weight: Float64Array.of(4, 3, 1),
		gain: Float64Array.of(3, 0, 0),
	},
	{
		feature: Int16Array.of(LEAF),
		threshold: Float64Array.of(0),
		right: Int32Array.of(0),
		value: Float64Array.of(0.5),
		weight: Float64Array.of(1),
		gain: Float64Array.of(0),
	},
]);

test("the description lists the stages", () => {
	const stages = [{ trees: 1, rejectAt: -2.5 }];
	const model = {
		featureNames: ["a", "b"],
		classes: ["Other", "Miner"],
		ensemble: cascaded({ ...two, kind: "boosted" }, stages),
		card: { name: "two", origin: "a test" },
	};
	assert.deepEqual(describeModel(model).stages, stages);
});

test("a feature that no split asks for has no thresholds and no importance", () => {
	const model = {
		featureNames: ["a", "b"],
		classes: ["Other", "Miner"],
		ensemble: two,
		card: { name: "two", origin: "a test" },
	};
	const description = describeModel(model);
	assert.deepEqual(description.depth, { least: 0, most: 1 });
	assert.deepEqual(description.features, [
		{ name: "a", importance: 0, splits: 0, differentThresholds: 0, lowest: null, highest: null },
		{ name: "b", importance: 1, splits: 1, differentThresholds: 1, lowest: 0.5, highest: 0.5 },
	]);
});
