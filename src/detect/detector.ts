import { DeCryptoError } from "../bytes/error.ts";
import { type Model, minerClass } from "../forest/model.ts";
import { createPredictor } from "../forest/predictor.ts";
import { originalJudge } from "./compat/original-judge.ts";
import { discounted, massOfProbability, pignistic } from "./dempster-shafer.ts";
import { createDetectCounters } from "./detect-counters.ts";
import { featurePlan } from "./features.ts";
import type { DetectMemory, Detector, Judge } from "./judge.ts";
import type { DetectOptions } from "./options.ts";
import { ownJudge } from "./own-judge.ts";
import { BLOCK_LENGTH, ShapeRows } from "./shape-rows.ts";

export type { DetectMemory, Detector } from "./judge.ts";

/**
 * Prepares a model. Throws (code `features`) if the model needs unknown features, (code `model`) if it does not tell
 * miners from others or, under `compat`, does not use the original's 12 features.
 */
export function createDetector(model: Model, options: DetectOptions): Detector {
	if (minerClass(model.classes) < 0) {
		const classes = model.classes.join(", ");
		throw new DeCryptoError("model", `the model's classes are ${classes}: none of two says miner`, { classes });
	}
	const judge = judgeFor(options);
	judge.checkModel(model);
	const fallback = judge.defaultThresholds(model);
	const thresholds = { ml: options.mlThreshold ?? fallback.ml, dst: options.dstThreshold ?? fallback.dst };
	const reliability = model.reliability ?? 1;
	const predictor = createPredictor(model);
	const hasStages = model.ensemble.stages.length > 0;
	return {
		judge,
		model,
		options,
		thresholds,
		reliability,
		mlScore: pignistic(discounted(massOfProbability(thresholds.ml), reliability)),
		plan: featurePlan(model.featureNames),
		predictor,
		fullPredictor: hasStages ? createPredictor(withoutStages(model)) : predictor,
		rows: new ShapeRows(model.featureNames.length),
		exactRows: new ShapeRows(model.featureNames.length),
		endpoints: new Array(BLOCK_LENGTH).fill(undefined),
	};
}

/** The memory that a run of the detector begins with. */
export function createDetectMemory(options: DetectOptions): DetectMemory {
	return judgeFor(options).createMemory(options, createDetectCounters());
}

function withoutStages(model: Model): Model {
	return { ...model, ensemble: { ...model.ensemble, stages: [] } };
}

function judgeFor({ compat }: DetectOptions): Judge {
	return compat === undefined ? ownJudge : originalJudge(compat);
}
