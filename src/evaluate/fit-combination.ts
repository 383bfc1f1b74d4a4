import { combine, discounted, massOfProbability, pignistic, supportMass } from "../detect/dempster-shafer.ts";

/** What a model said of a flow that it was not trained on. */
export interface UnseenScore {
	readonly probability: number;
	readonly isMiner: boolean;
	/** The fold it was judged in: flows of one fold were kept out together. */
	readonly fold: number;
}

/** How a model's word is combined with a server name's. */
export interface Combination {
	/** How far it is to be trusted: its discount (Shafer's). */
	readonly reliability: number;
	/** The threshold of the combined probability (`-d`). */
	readonly dst: number;
}

/** What a server name weighs that holds one telling word and no other. */
const NAME_MASS = 0.5;
/** Share of the ordinary flows that may be as near to mining as it takes for such a name to turn the scales. */
const NAMED_SHARE = 0.01;
/** A model that was never wrong on the flows at hand will be on others; one that was half of the time knows nothing. */
const RELIABILITIES = { least: 0.5, most: 0.999 };

/**
 * Fits reliability and `-d` to what models said of flows they had not seen. The reliability is the share of flows on whose
 * side of one half the model was, folds counted alike, and within a fold both classes: what is asked for is how often it
 * is right on a network to come. `dst` is what a flow that is nearer to mining than 99 % of the ordinary ones comes to
 * when its server name holds one telling word, so that such a name turns the scales for one in a hundred and no more.
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
