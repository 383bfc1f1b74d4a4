import { RHYTHM_FEATURES } from "../../src/detect/rhythm-features.ts";
import type { Recipe } from "./leave-one-out.ts";

/**
 * The recipe of the default model. Its values were chosen by repeatedly leaving out sources of the same set: that is
 * not an independent test.
 */
export const DEFAULT_RECIPE: Recipe = {
	featureNames: Object.keys(RHYTHM_FEATURES.features),
	shares: {
		ofMiners: 0.5,
		miners: { simulated: 0.3, real: 0.3, variant: 0.2, relative: 0.2, service: 0 },
		others: { simulated: 0.3, real: 0.3, variant: 0.1, relative: 0.15, service: 0.05 },
	},
	boosting: {
		rounds: 250,
		learningRate: 0.12,
		maxLeaves: 24,
		minSamplesLeaf: 30,
		l2: 1,
		featureShare: 0.5,
		groupShare: 0.5,
	},
	conversations: 8_000,
	draws: 6,
	stages: [
		{ rounds: 2, rejectAt: -0.45 },
		{ rounds: 4, rejectAt: -0.75 },
		{ rounds: 8, rejectAt: -1.1 },
		{ rounds: 15, rejectAt: -1.25 },
		{ rounds: 30, rejectAt: -1.25 },
		{ rounds: 60, rejectAt: -1.25 },
		{ rounds: 120, rejectAt: -1 },
	],
};
