/**
 * Evidence theory over two hypotheses, miner and other (Dempster 1967; Shafer, A Mathematical Theory of Evidence, 1976).
 *
 * A mass function gives three shares that sum to 1: m({miner}), m({other}) and m(Θ) with Θ = {miner, other}, the share
 * that says neither. Evidence that says nothing is the vacuous mass m(Θ) = 1, and changes nothing it is combined with.
 */
export interface Mass {
	readonly miner: number;
	readonly other: number;
	readonly uncertain: number;
}

export const VACUOUS: Mass = { miner: 0, other: 0, uncertain: 1 };

/** A probability as a mass function without doubt (Bayesian): m(miner) = p, m(other) = 1 − p. */
export function massOfProbability(p: number): Mass {
	return { miner: p, other: 1 - p, uncertain: 0 };
}

/** Evidence that supports one hypothesis, or both in part, and leaves the rest open; `miner` + `other` ≤ 1. */
export function supportMass(miner: number, other = 0): Mass {
	return { miner, other, uncertain: 1 - miner - other };
}

/**
 * Shafer's discounting: a source that is reliable to the degree α counts α·m(A), and the rest goes to Θ:
 * m(Θ) becomes 1 − α + α·m(Θ).
 */
export function discounted(mass: Mass, reliability: number): Mass {
	return {
		miner: reliability * mass.miner,
		other: reliability * mass.other,
		uncertain: 1 - reliability + reliability * mass.uncertain,
	};
}

/**
 * Dempster's rule: what two independent pieces of evidence say together. The conflict K = m₁(miner)·m₂(other) +
 * m₁(other)·m₂(miner) is taken out and the rest scaled by 1 / (1 − K). Evidence in total conflict (K = 1) cancels out:
 * the rule is undefined there, and two certain opposites tell no more than none.
 */
export function combine(a: Mass, b: Mass): Mass {
	const miner = a.miner * b.miner + a.miner * b.uncertain + a.uncertain * b.miner;
	const other = a.other * b.other + a.other * b.uncertain + a.uncertain * b.other;
	const uncertain = a.uncertain * b.uncertain;
	const agreement = miner + other + uncertain;
	if (!(agreement > 0)) return VACUOUS;
	return { miner: miner / agreement, other: other / agreement, uncertain: uncertain / agreement };
}

/** Smets's pignistic probability of mining: what one would bet on, m(Θ) shared equally: m(miner) + m(Θ) / 2. */
export function pignistic(mass: Mass): number {
	return mass.miner + mass.uncertain / 2;
}

/**
 * The forest's probability above which `pignistic(combine(discounted(massOfProbability(p), reliability), rest))`
 * exceeds `score`: the combination turned round, so that the forest need only be asked on which side of it p lies.
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
