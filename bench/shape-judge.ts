import { computeFeatures, type FeaturePlan, featurePlan } from "../src/detect/features.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "../src/detect/shape-obstacle.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import type { Model } from "../src/forest/model.ts";
import { createPredictor, type Predictor } from "../src/forest/predictor.ts";

/** What a model says of flows by their shape alone. */
export class ShapeJudge {
	readonly #plan: FeaturePlan;
	readonly #predictor: Predictor;
	readonly #row: Float64Array;
	readonly #out = new Float64Array(1);

	constructor(model: Model) {
		this.#plan = featurePlan(model.featureNames);
		this.#predictor = createPredictor(model);
		this.#row = new Float64Array(model.featureNames.length);
	}

	/** The highest probability of any of the flows; 0 where none can be judged. */
	highest(batches: readonly FlowColumns[]): number {
		let highest = 0;
		for (const batch of batches) {
			for (let i = 0; i < batch.length; i++) {
				if (shapeObstacle(batch, i) !== SHAPE_OBSTACLE.NONE) continue;
				computeFeatures(batch, i, this.#plan, this.#row, 0);
				this.#predictor.probabilities(this.#row, 1, this.#out);
				highest = Math.max(highest, this.#out[0]!);
			}
		}
		return highest;
	}
}
