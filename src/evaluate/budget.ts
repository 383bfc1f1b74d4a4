import type { Curve } from "./curves.ts";
import { clopperPearson, flowsNeeded, type Interval } from "./interval.ts";

/** The lowest threshold that keeps a budget of false positives, on the flows it was chosen on. */
export interface BudgetedThreshold {
	readonly budget: number;
	/** Whether such a threshold exists: false positives by payload or server name occur at any threshold. */
	readonly kept: boolean;
	readonly threshold: number;
	readonly falsePositives: number;
	readonly others: number;
	readonly falsePositiveRate: Interval;
	readonly truePositives: number;
	readonly miners: number;
	readonly recall: Interval;
	/**
	 * Whether the upper bound of the rate is also within the budget: then it holds for similar flows with 95 %
	 * confidence.
	 */
	readonly assured: boolean;
	/** Ordinary flows without a false positive that this assurance would need. */
	readonly flowsNeeded: number;
}

/**
 * Among the thresholds 0 … 1, the one with the highest recall whose false positives are within `budget`, a share of the
 * ordinary flows.
 */
export function thresholdForBudget(curve: Curve, budget: number): BudgetedThreshold {
	const { points } = curve;
	// Up to here flows are miners at any threshold; from the first score of 0 on, at no threshold.
	let chosen = points.findLastIndex(({ score }) => score > 1);
	for (let k = chosen + 1; k < points.length && points[k]!.score > 0; k++) {
		if (points[k]!.falsePositives <= budget * curve.others) chosen = k;
	}
	const best = points[chosen]!;
	const falsePositiveRate = clopperPearson(best.falsePositives, curve.others);
	return {
		budget,
		kept: best.falsePositives <= budget * curve.others,
		threshold: midway(best.score, points[chosen + 1]?.score ?? 0),
		falsePositives: best.falsePositives,
		others: curve.others,
		falsePositiveRate,
		truePositives: best.truePositives,
		miners: curve.miners,
		recall: clopperPearson(best.truePositives, curve.miners),
		assured: falsePositiveRate.high <= budget,
		flowsNeeded: flowsNeeded(budget),
	};
}

/** All thresholds between two adjacent scores select the same flows; the middle depends least on chance. */
function midway(score: number, next: number): number {
	const high = Math.min(1, score);
	const low = Math.max(0, next);
	const middle = (low + high) / 2;
	return middle < high ? middle : low;
}
