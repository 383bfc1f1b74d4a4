import { type Ensemble, LEAF, treeCount } from "./ensemble.ts";
import { logistic } from "./sum.ts";

/**
 * When a running sum of votes needs no further vote. With s the sum after the first k trees, added in float64 in the
 * order of the trees as the reference adds them: s <= noAtMost[k] settles "probability <= threshold", s >=
 * yesAtLeast[k] settles "probability > threshold"; k from 0 to the number of trees. The caller compares at the latest
 * after the trees of each stage of a cascade: then the bounds settle every row that the stage rejects.
 *
 * Proof, rounding included. Addition in floating point is monotone: a <= b and v <= w give fl(a + v) <= fl(b + w),
 * because rounding to nearest is. Let high[k] be the largest vote of tree k.
 *   - noAtMost[n] is a sum of which every sum that is not larger has a probability <= threshold (see below).
 *   - noAtMost[k] is chosen so that fl(noAtMost[k] + high[k]) <= noAtMost[k + 1]. If s <= noAtMost[k], the sum after
 *     tree k, whatever its vote v, is fl(s + v) <= fl(noAtMost[k] + high[k]) <= noAtMost[k + 1]. By induction the last
 *     sum is <= noAtMost[n], and the reference says no.
 *   - yesAtLeast with the smallest votes, mirrored.
 *   - A stage after k trees rejects a row if s <= rejectAt: its probability is 0. A threshold that is not below 0 is not
 *     exceeded by it, so noAtMost[k] may be raised to rejectAt, and yesAtLeast[k] must lie above it. A threshold below 0 is
 *     exceeded by 0 as by any probability: both bounds are -Infinity for every k, and every row is settled at the outset.
 * Any smaller noAtMost (larger yesAtLeast) is as true and only settles later, so the search below need not be tight.
 */
export interface DecisionBounds {
	readonly threshold: number;
	readonly noAtMost: Float64Array;
	readonly yesAtLeast: Float64Array;
}

/** Smallest and largest vote of each tree. */
export interface VoteRanges {
	readonly low: Float64Array;
	readonly high: Float64Array;
}

export function voteRanges({ roots, feature, value }: Ensemble): VoteRanges {
	const trees = roots.length - 1;
	const low = new Float64Array(trees).fill(Infinity);
	const high = new Float64Array(trees).fill(-Infinity);
	for (let t = 0; t < trees; t++) {
		for (let i = roots[t]!; i < roots[t + 1]!; i++) {
			if (feature[i] !== LEAF) continue;
			low[t] = Math.min(low[t]!, value[i]!);
			high[t] = Math.max(high[t]!, value[i]!);
		}
	}
	return { low, high };
}

export function decisionBounds(ensemble: Ensemble, ranges: VoteRanges, threshold: number): DecisionBounds {
	const trees = treeCount(ensemble);
	const noAtMost = new Float64Array(trees + 1);
	const yesAtLeast = new Float64Array(trees + 1);
	noAtMost[trees] = largestNo(ensemble, threshold);
	yesAtLeast[trees] = smallestYes(ensemble, threshold);
	for (let k = trees - 1; k >= 0; k--) {
		const high = ranges.high[k]!;
		const low = ranges.low[k]!;
		noAtMost[k] = stepped(noAtMost[k + 1]! - high, -1, (sum) => sum + high <= noAtMost[k + 1]!);
		yesAtLeast[k] = stepped(yesAtLeast[k + 1]! - low, 1, (sum) => sum + low >= yesAtLeast[k + 1]!);
		const stage = threshold < 0 ? undefined : ensemble.stages.find((stage) => stage.trees === k);
		if (stage === undefined) continue;
		noAtMost[k] = Math.max(noAtMost[k]!, stage.rejectAt);
		yesAtLeast[k] = Math.max(
			yesAtLeast[k]!,
			stepped(stage.rejectAt, 1, (sum) => sum > stage.rejectAt),
		);
	}
	return { threshold, noAtMost, yesAtLeast };
}

/**
 * A sum c such that every s <= c has a probability <= threshold.
 *
 * Forest: the probability is fl(s / n), monotone in s, so it is enough that c's own is <= threshold.
 * Boosted: 1 / (1 + exp(-s)) is computed with a relative error below LOGISTIC_ERROR: exp has less than 1 unit in the
 * last place (the fdlibm algorithm that V8 uses), the addition and the division half a unit each, and an error of
 * exp(-s) weighs at most as much in the result as in itself. Nothing says that the computed function is monotone, but
 * the true one is: for s <= c, computed(s) <= true(s) (1 + e) <= true(c) (1 + e) <= computed(c) (1 + e) / (1 - e), so
 * it is enough that computed(c) (1 + 4e) <= threshold. Sums between the two bounds are computed to the end.
 */
function largestNo(ensemble: Ensemble, threshold: number): number {
	if (Number.isNaN(threshold)) return Infinity;
	if (ensemble.kind === "forest") {
		const trees = treeCount(ensemble);
		return stepped(threshold * trees, -1, (sum) => sum / trees <= threshold);
	}
	if (threshold >= 1) return Infinity;
	if (threshold <= 0) return -Infinity;
	return stepped(logit(threshold), -1, (sum) => logistic(sum) * (1 + 4 * LOGISTIC_ERROR) <= threshold);
}

/** A sum c such that every s >= c has a probability > threshold; mirrored. NaN is exceeded by nothing. */
function smallestYes(ensemble: Ensemble, threshold: number): number {
	if (Number.isNaN(threshold)) return Infinity;
	if (ensemble.kind === "forest") {
		const trees = treeCount(ensemble);
		return stepped(threshold * trees, 1, (sum) => sum / trees > threshold);
	}
	if (threshold >= 1) return Infinity;
	if (threshold < 0) return -Infinity;
	const start = threshold === 0 ? -700 : logit(threshold);
	return stepped(start, 1, (sum) => logistic(sum) * (1 - 4 * LOGISTIC_ERROR) > threshold);
}

const LOGISTIC_ERROR = 2 ** -50;

function logit(probability: number): number {
	return Math.log(probability) - Math.log1p(-probability);
}

/**
 * The first of `start`, start ± 1 unit in the last place, ± 2, ± 4 … that holds; ±Infinity, which settles nothing, if
 * none does.
 */
function stepped(start: number, direction: 1 | -1, holds: (sum: number) => boolean): number {
	if (holds(start)) return start;
	if (!Number.isFinite(start)) return direction * Infinity;
	const unit = Math.max(Math.abs(start), 1) * 2 ** -52;
	for (let steps = 1; steps <= 2 ** 40; steps *= 2) {
		const sum = start + direction * steps * unit;
		if (holds(sum)) return sum;
	}
	return direction * Infinity;
}
