import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Predictor } from "../forest/predictor.ts";
import type { ShapeEvidence } from "./evidence.ts";
import { computeFeatures } from "./features.ts";
import type { Detector } from "./judge.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "./shape-obstacle.ts";

/** The number of features in the evidence: those that changed the probability most. */
const FEATURES_TOLD = 5;

/**
 * The forest's probability for flow i with the features that changed it most; undefined if it cannot judge the flow.
 * `isCombined`: a name or a list is known as well, so that all trees were evaluated (`Detector.fullPredictor`).
 */
export function explainShape(
	flows: FlowColumns,
	i: number,
	detector: Detector,
	isCombined = false,
): ShapeEvidence | undefined {
	if (shapeObstacle(flows, i) !== SHAPE_OBSTACLE.NONE) return undefined;
	const row = new Float64Array(detector.plan.names.length);
	computeFeatures(flows, i, detector.plan, row, 0);
	return explainRow(row, detector, isCombined ? detector.fullPredictor : detector.predictor);
}

/** The forest's probability for a row of features, with the features that changed it most. */
export function explainRow(row: Float64Array, { plan, thresholds }: Detector, predictor: Predictor): ShapeEvidence {
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
