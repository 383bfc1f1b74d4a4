import type { Curve } from "./curves.ts";
import { clopperPearson, flowsNeeded, type Interval } from "./interval.ts";

/** The lowest threshold that keeps a budget of false positives, on the flows it was chosen on. */
export interface BudgetedThreshold {
	readonly budget: number;
	/** Whether there is such a threshold: false positives by payload or server name are there at any. */
	readonly kept: boolean;
	readonly threshold: number;
	readonly falsePositives: number;
	readonly others: number;
	readonly falsePositiveRate: Interval;
	readonly truePositives: number;
	readonly miners: number;
	readonly recall: Interval;
	/** Whether even the upper bound of the rate is within the budget: then it is kept on flows like these, with 95 % confidence. */
	readonly assured: boolean;
	/** Ordinary flows without a false positive that would assure it. */
	readonly flowsNeeded: number;
}

/** Among the thresholds 0 … 1, that of the most recall whose false positives are within `budget`, a share of the ordinary flows. */
export function thresholdForBudget(curve: Curve, budget: number): BudgetedThreshold {
	const { points } = curve;
	// Up to here flows are miners whatever the threshold; from where scores are 0, none makes them miners.
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

/** Any threshold from one score up to the next has the same flows above it; the one in the middle is least a matter of chance. */
function midway(score: number, next: number): number {
	const high = Math.min(1, score);
	const low = Math.max(0, next);
	const middle = (low + high) / 2;
	return middle < high ? middle : low;
}
