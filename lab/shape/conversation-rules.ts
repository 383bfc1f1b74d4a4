import { combine, discounted, massOfProbability, pignistic, VACUOUS } from "../../src/detect/dempster-shafer.ts";
import { logOdds } from "./calibration.ts";

/** Ways to decide on a conversation from what the shape of each of its flows says, in order of time. */
export const CONVERSATION_RULES: Readonly<
	Record<string, (scores: readonly number[], threshold: number, reliability: number) => boolean>
> = {
	/** One flow above the threshold is enough. */
	max: (scores, threshold) => scores.some((score) => score > threshold),
	/** The mean of the log-odds, as if each flow were one vote of the same weight. */
	mean: (scores, threshold) =>
		scores.reduce((sum, score) => sum + logOdds(score), 0) / scores.length > logOdds(threshold),
	/** Dempster's rule over the flows so far, what came before discounted once more with every flow; the highest it ever gets. */
	dempster: (scores, threshold, reliability) => {
		const bound = pignistic(discounted(massOfProbability(threshold), reliability));
		let before = VACUOUS;
		for (const score of scores) {
			before = combine(discounted(before, EARLIER), discounted(massOfProbability(score), reliability));
			if (pignistic(before) > bound) return true;
		}
		return false;
	},
};

/** What earlier flows of a conversation still count for beside the present one. */
const EARLIER = 0.9;
