import { logBlockTimeMartingale } from "./block-time-martingale.ts";
import { type BlockTimeResult, type HitWindow, type ObservedPushes, testBlockTimes } from "./block-time-test.ts";

/**
 * Seconds by which a clock of pushes is shifted for comparison: the periods in which servers refresh and keep alive, and
 * their multiples. A pair of rhythms that keeps step is as good with a shift of one period as without.
 */
const SHIFTS = [10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, 150, 180, 240, 300, 600] as const;

export interface Significance extends BlockTimeResult {
	/** ln of the p-value, corrected for looks and tests: the probability that this or less is ever found by chance. */
	readonly logCorrected: number;
}

export interface SignificanceOptions {
	readonly window: HitWindow;
	/** Compare with shifted clocks: for clocks that may have a rhythm. */
	readonly isClockOfPushes: boolean;
	/** The number of this look at the connection, from 1. */
	readonly look: number;
	/** Clocks that the connection is tested against. */
	readonly tests: number;
}

/**
 * The exact test and the test martingale together, valid over any number of looks and over all clocks tested. Look k may
 * spend 1/(k(k + 1)) of the error probability (the sum over all k is 1), the martingale needs no correction for looks
 * (Ville's inequality), and the smaller of the two counts twice; Bonferroni over the clocks.
 */
export function significanceOf(
	observed: ObservedPushes,
	blocks: readonly number[],
	options: SignificanceOptions,
): Significance {
	const { window, isClockOfPushes, look, tests } = options;
	const result = testBlockTimes(observed, blocks, window);
	const control = isClockOfPushes ? lowestOfShifted(observed, blocks, window) : 0;
	const tail = result.logP - control + Math.log(look * (look + 1));
	// The martingale is not compared with shifted clocks one by one: the whole control is subtracted from it, too.
	const martingale = -logBlockTimeMartingale(observed, blocks, window) - control;
	const logCorrected = Math.min(0, Math.min(tail, martingale) + Math.log(2 * Math.max(1, tests)));
	return { ...result, logCorrected };
}

/**
 * ln of the smallest p-value among the shifted clocks, at most 0. Of the shifts by the same time forwards and backwards the
 * larger p-value counts: rhythms in step are as good with both, but a pool that refreshes some time after each block is so
 * with one of them only.
 */
function lowestOfShifted(observed: ObservedPushes, blocks: readonly number[], window: HitWindow): number {
	let lowest = 0;
	for (const seconds of SHIFTS) {
		const [later, earlier] = [seconds * 1e6, -seconds * 1e6].map((shift) => {
			const shifted = blocks.map((block) => block + shift);
			return testBlockTimes(observed, shifted, window).logP;
		}) as [number, number];
		lowest = Math.min(lowest, Math.max(later, earlier));
	}
	return lowest;
}
