import type { ScoredFlows } from "./scored-flows.ts";

/** The result of calling all flows with at least this score miners. */
export interface CurvePoint {
	readonly score: number;
	readonly truePositives: number;
	readonly falsePositives: number;
}

/** How well scores separate miners from others, at every threshold. */
export interface Curve {
	readonly miners: number;
	readonly others: number;
	/** By falling score, from no flow called a miner to all; one point for each distinct score. */
	readonly points: readonly CurvePoint[];
	/**
	 * Area under the ROC curve: the probability that a miner has a higher score than an ordinary flow; ties count half.
	 * NaN if one class is missing.
	 */
	readonly area: number;
	/** Average precision: the mean precision over the miners, in the order of their scores. */
	readonly averagePrecision: number;
}

export function curveOf(scored: ScoredFlows): Curve {
	const miners = scored.sorted(true);
	const others = scored.sorted(false);
	const points: CurvePoint[] = [{ score: Number.POSITIVE_INFINITY, truePositives: 0, falsePositives: 0 }];
	let area = 0;
	let averagePrecision = 0;
	let truePositives = 0;
	let falsePositives = 0;
	while (truePositives < miners.length || falsePositives < others.length) {
		const score = Math.max(
			miners[truePositives] ?? Number.NEGATIVE_INFINITY,
			others[falsePositives] ?? Number.NEGATIVE_INFINITY,
		);
		const before = { truePositives, falsePositives };
		while (truePositives < miners.length && miners[truePositives]! >= score) truePositives++;
		while (falsePositives < others.length && others[falsePositives]! >= score) falsePositives++;
		const gained = truePositives - before.truePositives;
		area += (falsePositives - before.falsePositives) * (before.truePositives + gained / 2);
		averagePrecision += (gained * truePositives) / (truePositives + falsePositives);
		points.push({ score, truePositives, falsePositives });
	}
	return {
		miners: miners.length,
		others: others.length,
		points,
		area: area / (miners.length * others.length),
		averagePrecision: averagePrecision / miners.length,
	};
}
