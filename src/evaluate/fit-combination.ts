import { combine, discounted, massOfProbability, pignistic, supportMass } from "../detect/dempster-shafer.ts";

/** A model's prediction for a flow that it was not trained on. */
export interface UnseenScore {
	readonly probability: number;
	readonly isMiner: boolean;
	/** The fold in which it was judged: flows of one fold were held out together. */
	readonly fold: number;
}

/** Parameters for combining a model with a server name. */
export interface Combination {
	/** The reliability of the model: its discount (Shafer's). */
	readonly reliability: number;
	/** The threshold of the combined probability (`-d`). */
	readonly dst: number;
}

/** The mass of a server name with one mining word only. */
const NAME_MASS = 0.5;
/** Share of the ordinary flows that may be near enough to mining for such a name to decide. */
const NAMED_SHARE = 0.01;
/**
 * A model without errors on these flows will make errors on others; one that is wrong half of the time has no
 * information.
 */
const RELIABILITIES = { least: 0.5, most: 0.999 };

/**
 * Fits reliability and `-d` to predictions for unseen flows. The reliability is the share of flows whose prediction is
 * on the correct side of one half. Folds have equal weight, and so have both classes within a fold, because the figure
 * estimates the accuracy on a new network. `dst` is the combined probability of a flow that is nearer to mining than 99
 * % of the ordinary ones and whose server name contains one mining word. Thus such a name decides for at most one in a
 * hundred ordinary flows.
 */
export function fitCombination(scores: readonly UnseenScore[]): Combination {
	const folds = Map.groupBy(scores, ({ fold }) => fold);
	const right = mean([...folds.values()].map(shareRight));
	const reliability = round(Math.min(RELIABILITIES.most, Math.max(RELIABILITIES.least, right)));
	const ordinary = scores.filter(({ isMiner }) => !isMiner).map(({ probability }) => probability);
	ordinary.sort((a, b) => b - a);
	const near = ordinary[Math.floor(ordinary.length * NAMED_SHARE)] ?? 0.5;
	const mass = combine(discounted(massOfProbability(near), reliability), supportMass(NAME_MASS));
	return { reliability, dst: round(pignistic(mass)) };
}

function shareRight(scores: readonly UnseenScore[]): number {
	const classes = Map.groupBy(scores, ({ isMiner }) => isMiner);
	return mean(
		[...classes].map(
			([isMiner, ofClass]) =>
				ofClass.filter(({ probability }) => probability > 0.5 === isMiner).length / ofClass.length,
		),
	);
}

function mean(values: readonly number[]): number {
	return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number): number {
	return Math.round(value * 1e4) / 1e4;
}
