/** Coefficients of Lanczos' approximation with g = 7 and n = 9 (Lanczos 1964): relative error below 1e-13 for x > 0. */
const LANCZOS = [
	0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
	12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x ≥ 0.5. */
function logGamma(x: number): number {
	const shifted = x - 1;
	let sum: number = LANCZOS[0];
	for (let k = 1; k < LANCZOS.length; k++) sum += LANCZOS[k]! / (shifted + k);
	const t = shifted + 7.5;
	return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

function logChoose(n: number, k: number): number {
	return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/**
 * ln P(X ≥ hits) for X ~ Binomial(trials, q), the exact upper tail; 0 for `hits` ≤ 0, -Infinity where it is impossible.
 * Terms are added from the largest on in proportion to it, so that tails far below the smallest double keep their digits.
 */
export function logBinomialTail(hits: number, trials: number, q: number): number {
	if (hits <= 0) return 0;
	if (hits > trials || q <= 0) return -Infinity;
	if (q >= 1) return 0;
	// At or below the mean the lower tail is the smaller one, and its complement keeps more digits.
	if (hits <= trials * q) return Math.log1p(-Math.exp(logLowerTail(hits - 1, trials, q)));
	const first = logChoose(trials, hits) + hits * Math.log(q) + (trials - hits) * Math.log1p(-q);
	const odds = q / (1 - q);
	let term = 1;
	let sum = 1;
	for (let k = hits; k < trials && term > sum * Number.EPSILON; k++) {
		term *= ((trials - k) / (k + 1)) * odds;
		sum += term;
	}
	return Math.min(0, first + Math.log(sum));
}

/** ln P(X ≤ most), for `most` below the mean. */
function logLowerTail(most: number, trials: number, q: number): number {
	const first = logChoose(trials, most) + most * Math.log(q) + (trials - most) * Math.log1p(-q);
	const odds = (1 - q) / q;
	let term = 1;
	let sum = 1;
	for (let k = most; k > 0 && term > sum * Number.EPSILON; k--) {
		term *= (k / (trials - k + 1)) * odds;
		sum += term;
	}
	return first + Math.log(sum);
}
