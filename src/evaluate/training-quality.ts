import { type Combination, fitCombination, type UnseenScore } from "../evaluate/fit-combination.ts";
import { clopperPearson } from "../evaluate/interval.ts";
import type { CardFigure } from "../forest/model.ts";

/** What out-of-fold probabilities say of a model to come. */
export interface TrainingQuality {
	/** The lowest threshold that keeps within the budget of false positives. */
	readonly threshold: number;
	readonly combination: Combination;
	readonly figures: readonly CardFigure[];
}

/**
 * Chooses the threshold: at most `budget` of the ordinary flows may be above it. Ties count against us: the threshold is a
 * probability that occurs, and only what is above it is called a miner.
 */
export function qualityOf(
	probabilities: Float64Array,
	labels: Uint8Array,
	foldOf: Int32Array,
	budget: number,
	judgedHow: string,
): TrainingQuality {
	const scores: UnseenScore[] = [];
	for (let i = 0; i < labels.length; i++) {
		if (!Number.isNaN(probabilities[i]!))
			scores.push({ probability: probabilities[i]!, isMiner: labels[i] === 1, fold: foldOf[i]! });
	}
	const [others, miners] = [false, true].map((wanted) =>
		scores.filter(({ isMiner }) => isMiner === wanted).map(({ probability }) => probability),
	) as [number[], number[]];
	others.sort((a, b) => b - a);
	const threshold = others[Math.floor(others.length * budget)] ?? 0;
	const above = (scores: readonly number[]) => scores.filter((score) => score > threshold).length;
	const figure = (measure: string, scores: readonly number[], on: string): CardFigure => {
		const { low, high } = clopperPearson(above(scores), scores.length);
		return { measure, value: above(scores) / scores.length, low, high, on: `${scores.length} ${on}, ${judgedHow}` };
	};
	return {
		threshold,
		combination: fitCombination(scores),
		figures: [figure("recall", miners, "miner flows"), figure("false-positive rate", others, "ordinary flows")],
	};
}
