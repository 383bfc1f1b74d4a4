import type { Histogram } from "./histogram.ts";

/** The best place to split a node, if any: rows of `bin` or less in `feature` go left. */
export interface Split {
	readonly feature: number;
	readonly bin: number;
	readonly gain: number;
	readonly leftGradient: number;
	readonly leftHessian: number;
	readonly leftCount: number;
}

export interface SplitLimits {
	readonly l2: number;
	readonly minSamplesLeaf: number;
	readonly minHessianLeaf: number;
	/** A split must gain more than this. */
	readonly minGain: number;
}

export interface NodeSums {
	readonly gradient: number;
	readonly hessian: number;
	readonly count: number;
}

/**
 * Gain of a split: G_l²/(H_l + λ) + G_r²/(H_r + λ) − G²/(H + λ), Chen and Guestrin, "XGBoost", 2016, eq. 7 (without the
 * half). With gradient = weight × label, hessian = weight and λ = 0 it is half the decrease of weighted Gini impurity,
 * so the same search grows forests. Of equal gains the first feature and the lowest bin win.
 */
export function bestSplit(
	histogram: Histogram,
	offsets: Int32Array,
	listed: Int32Array,
	node: NodeSums,
	limits: SplitLimits,
): Split | undefined {
	const { sums, counts } = histogram;
	const { l2, minSamplesLeaf, minHessianLeaf } = limits;
	const { gradient, hessian, count } = node;
	const before = (gradient * gradient) / (hessian + l2);
	let bestGain = limits.minGain;
	let bestFeature = -1;
	let bestBin = 0;
	let bestGradient = 0;
	let bestHessian = 0;
	let bestCount = 0;
	for (const f of listed) {
		let leftGradient = 0;
		let leftHessian = 0;
		let leftCount = 0;
		for (let bin = offsets[f]!; bin < offsets[f + 1]! - 1; bin++) {
			if (counts[bin] === 0) continue;
			leftGradient += sums[2 * bin]!;
			leftHessian += sums[2 * bin + 1]!;
			leftCount += counts[bin]!;
			if (leftCount < minSamplesLeaf || leftHessian < minHessianLeaf) continue;
			const rightHessian = hessian - leftHessian;
			if (count - leftCount < minSamplesLeaf || rightHessian < minHessianLeaf) break;
			const rightGradient = gradient - leftGradient;
			const gain =
				(leftGradient * leftGradient) / (leftHessian + l2) +
				(rightGradient * rightGradient) / (rightHessian + l2) -
				before;
			if (gain > bestGain) {
				bestGain = gain;
				bestFeature = f;
				bestBin = bin;
				bestGradient = leftGradient;
				bestHessian = leftHessian;
				bestCount = leftCount;
			}
		}
	}
	if (bestFeature < 0) return undefined;
	const bin = middleOfGap(counts, bestBin, offsets[bestFeature + 1]! - 1) - offsets[bestFeature]!;
	return {
		feature: bestFeature,
		bin,
		gain: bestGain,
		leftGradient: bestGradient,
		leftHessian: bestHessian,
		leftCount: bestCount,
	};
}

/** Empty bins of this node may follow the last bin of the left side: the threshold is placed in their middle. */
function middleOfGap(counts: Int32Array, bin: number, last: number): number {
	let empty = 0;
	while (bin + empty + 1 < last && counts[bin + empty + 1] === 0) empty++;
	return bin + (empty >> 1);
}
