import type { CardFigure } from "../forest/model.ts";

/** What out-of-fold probabilities say of a model to come. */
export interface TrainingQuality {
	/** The lowest threshold that keeps within the budget of false positives. */
	readonly threshold: number;
	readonly figures: readonly CardFigure[];
}

/**
 * Chooses the threshold: at most `budget` of the ordinary flows may be above it. Ties count against us: the threshold is a
 * probability that occurs, and only what is above it is called a miner.
 */
export function qualityOf(
	probabilities: Float64Array,
	labels: Uint8Array,
	budget: number,
	judgedHow: string,
): TrainingQuality {
	const others: number[] = [];
	const miners: number[] = [];
	for (let i = 0; i < labels.length; i++) {
		if (!Number.isNaN(probabilities[i]!)) (labels[i] === 1 ? miners : others).push(probabilities[i]!);
	}
	others.sort((a, b) => b - a);
	const threshold = others[Math.floor(others.length * budget)] ?? 0;
	const above = (scores: readonly number[]) => scores.filter((score) => score > threshold).length;
	const figure = (measure: string, scores: readonly number[], on: string): CardFigure => {
		const [low, high] = wilson(above(scores), scores.length);
		return { measure, value: above(scores) / scores.length, low, high, on: `${scores.length} ${on}, ${judgedHow}` };
	};
	return {
		threshold,
		figures: [figure("recall", miners, "miner flows"), figure("false-positive rate", others, "ordinary flows")],
	};
}

const Z = 1.959964;

/** The 95 % score interval of a share (Wilson 1927): sound at 0 and 1 and for few tries. */
export function wilson(hits: number, tries: number): [low: number, high: number] {
	if (tries === 0) return [0, 1];
	const share = hits / tries;
	const scale = 1 / (1 + (Z * Z) / tries);
	const centre = (share + (Z * Z) / (2 * tries)) * scale;
	const half = Z * scale * Math.sqrt((share * (1 - share)) / tries + (Z * Z) / (4 * tries * tries));
	return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
