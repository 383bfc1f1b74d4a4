/**
 * Evidence theory over two hypotheses, miner and other (Dempster 1967; Shafer, A Mathematical Theory of Evidence, 1976).
 *
 * A mass function assigns three shares that sum to 1: m({miner}), m({other}) and m(Θ) with Θ = {miner, other}, the
 * uncommitted share. Vacuous evidence has m(Θ) = 1 and does not change the result of a combination.
 */
export interface Mass {
	readonly miner: number;
	readonly other: number;
	readonly uncertain: number;
}

export const VACUOUS: Mass = { miner: 0, other: 0, uncertain: 1 };

/** A probability as a mass function without uncertainty (Bayesian): m(miner) = p, m(other) = 1 − p. */
export function massOfProbability(p: number): Mass {
	return { miner: p, other: 1 - p, uncertain: 0 };
}

/** Evidence that supports one hypothesis, or both in part, and leaves the rest open; `miner` + `other` ≤ 1. */
export function supportMass(miner: number, other = 0): Mass {
	return { miner, other, uncertain: 1 - miner - other };
}

/**
 * Shafer's discounting with the reliability α: m(A) becomes α·m(A), and the rest is added to Θ: m(Θ) becomes 1 − α +
 * α·m(Θ).
 */
export function discounted(mass: Mass, reliability: number): Mass {
	return {
		miner: reliability * mass.miner,
		other: reliability * mass.other,
		uncertain: 1 - reliability + reliability * mass.uncertain,
	};
}

/**
 * Dempster's rule: combines two independent pieces of evidence. The conflict K = m₁(miner)·m₂(other) +
 * m₁(other)·m₂(miner) is removed, and the rest is scaled by 1 / (1 − K). The rule is undefined for total conflict (K =
 * 1); then the result is vacuous.
 */
export function combine(a: Mass, b: Mass): Mass {
	const miner = a.miner * b.miner + a.miner * b.uncertain + a.uncertain * b.miner;
	const other = a.other * b.other + a.other * b.uncertain + a.uncertain * b.other;
	const uncertain = a.uncertain * b.uncertain;
	const agreement = miner + other + uncertain;
	if (!(agreement > 0)) return VACUOUS;
	return { miner: miner / agreement, other: other / agreement, uncertain: uncertain / agreement };
}

/** Smets's pignistic probability of mining: m(Θ) is divided equally, so it is m(miner) + m(Θ) / 2. */
export function pignistic(mass: Mass): number {
	return mass.miner + mass.uncertain / 2;
}

/**
 * The forest's probability above which `pignistic(combine(discounted(massOfProbability(p), reliability), rest))`
 * exceeds `score`: the inverse of the combination, so that the forest must only decide on which side of it p lies.
 *
 * With r the reliability, (M, O, U) the rest, and u = 1 − r, the shares before scaling are linear in p:
 *   miner = r·p·(M + U) + u·M,  other = r·(1 − p)·(O + U) + u·O,  Θ = u·U,
 * and (miner + Θ/2) / (miner + other + Θ) > score ⇔ (1 − score)·miner − score·other + (½ − score)·Θ > 0, linear in p
 * as well, with the slope r·((1 − score)·(M + U) + score·(O + U)), which is never negative. -Infinity where every p
 * exceeds it, Infinity where none does.
 */
export function probabilityThreshold(score: number, reliability: number, rest: Mass): number {
	const open = 1 - reliability;
	const miner = rest.miner + rest.uncertain;
	const other = rest.other + rest.uncertain;
	const slope = reliability * ((1 - score) * miner + score * other);
	const atZero =
		(1 - score) * open * rest.miner -
		score * (reliability * other + open * rest.other) +
		(0.5 - score) * open * rest.uncertain;
	if (!(slope > 0)) return atZero > 0 ? -Infinity : Infinity;
	return -atZero / slope;
}
