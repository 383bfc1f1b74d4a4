/** Pushes that come this share of all after one period make a rhythm. */
const RHYTHM_SHARE = 0.2;
const FEWEST_OF_RHYTHM = 4;
/** A rhythm's period may vary by this many microseconds and this share. */
const TOLERANCE = 1e6;
const TOLERANCE_SHARE = 0.02;
/** Width of the classes in which periods are counted, microseconds. */
const CLASS = 1e6;
const LONGEST_PERIOD = 900e6;
/** The number of earlier pushes that a push is compared with: blocks come between two refreshes of one rhythm. */
const LOOKED_BACK = 8;

/**
 * The pushes without those that follow a rhythm. Pools send work anew after a fixed time, too; such refreshes of two servers
 * can keep step by chance for hours, so they are no clock of blocks. A push is left out if another one lies one period
 * before it. The period is the most frequent distance between pushes, and its share must be above a fifth. Blocks arrive
 * without a rhythm: few of them are left out. `pushes` in ascending order, microseconds.
 */
export function offRhythm(pushes: readonly number[]): number[] {
	let left = [...pushes];
	// Two rhythms at most: new work, and keep-alive messages of the connection.
	for (let round = 0; round < 2; round++) {
		const period = commonPeriod(left);
		if (period === undefined) break;
		const tolerance = TOLERANCE + TOLERANCE_SHARE * period;
		left = left.filter((push, k) => !hasPredecessor(left, k, push - period, tolerance));
	}
	return left;
}

/** The most frequent distance between a push and one of those before it, if it is frequent enough. */
function commonPeriod(pushes: readonly number[]): number | undefined {
	const counts = new Map<number, number>();
	for (let k = 1; k < pushes.length; k++) {
		const classes = new Set<number>();
		for (let j = k - 1; j >= Math.max(0, k - LOOKED_BACK); j--) {
			const distance = pushes[k]! - pushes[j]!;
			if (distance <= LONGEST_PERIOD) classes.add(Math.round(distance / CLASS));
		}
		for (const each of classes) counts.set(each, (counts.get(each) ?? 0) + 1);
	}
	let best = 0;
	let period: number | undefined;
	for (const each of counts.keys()) {
		const near = [-1, 0, 1].reduce((sum, d) => sum + (counts.get(each + d) ?? 0), 0);
		if (near > best || (near === best && each * CLASS < (period ?? Infinity))) {
			best = near;
			period = each * CLASS;
		}
	}
	return best >= Math.max(FEWEST_OF_RHYTHM, expectedByChance(pushes) + RHYTHM_SHARE * pushes.length)
		? period
		: undefined;
}

/** How many distances fall into three classes if pushes come at random: density of pushes times the width. */
function expectedByChance(pushes: readonly number[]): number {
	const length = pushes.at(-1)! - pushes[0]!;
	return length > 0 ? (pushes.length * pushes.length * 3 * CLASS) / length : 0;
}

function hasPredecessor(pushes: readonly number[], k: number, at: number, tolerance: number): boolean {
	for (let j = k - 1; j >= 0 && pushes[j]! >= at - tolerance; j--) if (pushes[j]! <= at + tolerance) return true;
	return false;
}
