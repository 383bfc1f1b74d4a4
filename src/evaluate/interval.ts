/** Bounds of a confidence interval, both 0 … 1. */
export interface Interval {
	readonly low: number;
	readonly high: number;
}

/**
 * The Clopper–Pearson interval (Biometrika 26, 1934) for a share of which `count` in `total` were observed: at least
 * `confidence` of such intervals contain the true share, whatever its value. Zero in n has an upper bound above zero:
 * with 95 % it is 1 − 0.025^(1/n), about 3.7 / n (one-sided about 3 / n, the rule of three). [0, 1] if `total` is 0.
 */
export function clopperPearson(count: number, total: number, confidence = 0.95): Interval {
	if (total === 0) return { low: 0, high: 1 };
	const tail = (1 - confidence) / 2;
	return {
		low: count === 0 ? 0 : betaQuantile(tail, count, total - count + 1),
		high: count === total ? 1 : betaQuantile(1 - tail, count + 1, total - count),
	};
}

/** Flows without a false positive that are needed before the upper bound of `confidence` falls to `rate`. */
export function flowsNeeded(rate: number, confidence = 0.95): number {
	return Math.ceil(Math.log((1 - confidence) / 2) / Math.log1p(-rate));
}

/** x with I_x(a, b) = p, by bisection: 60 steps reach the precision of doubles. */
function betaQuantile(p: number, a: number, b: number): number {
	let low = 0;
	let high = 1;
	for (let k = 0; k < 60; k++) {
		const middle = (low + high) / 2;
		if (regularisedBeta(middle, a, b) < p) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}

/**
 * The regularised incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and Stegun, 26.5.8) evaluated
 * by Lentz's method, which converges quickly for x < (a + 1) / (a + b + 2); beyond, by I_x(a, b) = 1 − I_{1−x}(b, a).
 */
export function regularisedBeta(x: number, a: number, b: number): number {
	if (x <= 0) return 0;
	if (x >= 1) return 1;
	if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
	const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
	const TINY = 1e-300;
	let c = 1;
	let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), TINY);
	let fraction = d;
	for (let m = 1; m < 100_000; m++) {
		const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / nonZero(1 + even * d, TINY);
		c = nonZero(1 + even / c, TINY);
		fraction *= c * d;
		const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / nonZero(1 + odd * d, TINY);
		c = nonZero(1 + odd / c, TINY);
		const change = c * d;
		fraction *= change;
		if (Math.abs(change - 1) < 1e-15) break;
	}
	return front * fraction;
}

function nonZero(value: number, tiny: number): number {
	return Math.abs(value) < tiny ? tiny : value;
}

function logBeta(a: number, b: number): number {
	return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** ln Γ(x) for x > 0: Stirling's series (Abramowitz and Stegun, 6.1.41) above 10, and down to there by Γ(x + 1) = x·Γ(x). */
function logGamma(x: number): number {
	let shift = 0;
	for (; x < 10; x++) shift += Math.log(x);
	const inverse = 1 / (x * x);
	const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / x;
	return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}
