import type { FlowColumns } from "../flow/flow-columns.ts";
import { computeOriginalFeatures, ORIGINAL_OBSTACLE } from "./compat/original-arithmetic.ts";
import type { Detector } from "./detector.ts";
import type { ShapeEvidence } from "./evidence.ts";
import { computeFeatures } from "./features.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "./shape-obstacle.ts";

/** Features named in the evidence: those that moved the probability most. */
const FEATURES_TOLD = 5;

/** The forest's probability for flow i with the features that moved it most; undefined where it cannot judge. */
export function explainShape(flows: FlowColumns, i: number, detector: Detector): ShapeEvidence | undefined {
	const { plan, predictor, thresholds } = detector;
	const row = new Float64Array(plan.names.length);
	if (!fillRow(flows, i, detector, row)) return undefined;
	const effects = new Float64Array(row.length);
	const probability = new Float64Array(1);
	predictor.attribute(row, effects);
	predictor.probabilities(row, 1, probability);
	const features = plan.names
		.map((name, k) => ({ name, value: row[k]!, effect: effects[k]! }))
		.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
		.slice(0, FEATURES_TOLD);
	return { signal: "shape", probability: probability[0]!, threshold: thresholds.ml, features };
}

function fillRow(flows: FlowColumns, i: number, detector: Detector, row: Float64Array): boolean {
	const { compat } = detector.options;
	if (compat !== undefined) {
		return computeOriginalFeatures(flows, i, compat, row, 0) === ORIGINAL_OBSTACLE.NONE;
	}
	if (shapeObstacle(flows, i) !== SHAPE_OBSTACLE.NONE) return false;
	computeFeatures(flows, i, detector.plan, row, 0);
	return true;
}
