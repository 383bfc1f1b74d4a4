import { type BlockTimeResult, coveredSpans, type HitWindow, type ObservedPushes } from "./block-time-test.ts";
import { contains, intersection, totalLength, unionOfSpans } from "./spans.ts";

/** Hit rates of miners that the alternative mixes, with equal weights: pools that miss blocks, and pools that do not. */
const ALTERNATIVES = [0.3, 0.6, 0.9] as const;
/** Microseconds of one step: long enough that pushes of one step rarely reach into the next. */
const STEP = 300e6;

/**
 * A test martingale (e-process) over time steps, which may be looked at after any step: if blocks are independent of the
 * connection, the probability that its value ever exceeds 1/α is at most α (Ville's inequality).
 *
 * Within a step the pushes are given, and under the null hypothesis its n blocks are independent and uniform over the
 * observed time, so k ~ Binomial(n, q) with q the step's coverage. The factor of a step under the alternative "hit rate h"
 * is the likelihood ratio (h/q)^k · ((1 − h)/(1 − q))^(n − k), whose expectation under the null is 1; the alternatives are
 * mixed, so that the mean of their products is a martingale, too.
 */
export function logBlockTimeMartingale(observed: ObservedPushes, blocks: readonly number[], window: HitWindow): number {
	const logs: number[] = ALTERNATIVES.map(() => 0);
	let highest = 0;
	for (const { blocks: n, hits: k, coverage: q } of steps(observed, blocks, window)) {
		for (let a = 0; a < ALTERNATIVES.length; a++) {
			// A hit rate that chance alone reaches is no alternative: such a step does not count for it.
			const h = ALTERNATIVES[a]!;
			if (h > q) logs[a]! += (k > 0 ? k * Math.log(h / q) : 0) + (n - k) * Math.log((1 - h) / (1 - q));
		}
		highest = Math.max(highest, logMean(logs));
	}
	return highest;
}

type Step = Pick<BlockTimeResult, "blocks" | "hits" | "coverage">;

/** The steps in which there are blocks to see. Full coverage makes every block a hit and says nothing: such steps are left out. */
function steps(observed: ObservedPushes, blocks: readonly number[], window: HitWindow): Step[] {
	const covered = coveredSpans(observed, window);
	const counts = new Map<number, { blocks: number; hits: number }>();
	for (const block of blocks) {
		if (!contains(observed.spans, block)) continue;
		const step = Math.floor(block / STEP);
		const count = counts.get(step) ?? { blocks: 0, hits: 0 };
		count.blocks++;
		if (contains(covered, block)) count.hits++;
		counts.set(step, count);
	}
	const found: Step[] = [];
	for (const [step, count] of [...counts].sort((a, b) => a[0] - b[0])) {
		const whole = unionOfSpans([[step * STEP, (step + 1) * STEP]]);
		const observedTime = totalLength(intersection(observed.spans, whole));
		const coverage = Math.max(totalLength(intersection(covered, whole)) / observedTime, Number.MIN_VALUE);
		if (observedTime > 0 && coverage < 1) found.push({ ...count, coverage });
	}
	return found;
}

/** ln of the mean of the exponentials. */
function logMean(logs: readonly number[]): number {
	const largest = Math.max(...logs);
	return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length);
}
