/**
 * The original's combination of the forest's probability p and the server name's score s: m₁(M) = p, m₁(O) = 1 − p;
 * m₂(M) = s, m₂(O) = 1 − s; Dempster's rule; pignistic probability of M. For the three scores there are it has a closed
 * form, which is also what the original's floating point gives: s = 0 gives 0 (also for p = 1, where the original divides
 * 0 by 0 and takes the NaN for 0), s = 1 gives 1 unless p = 0, s = ½ gives p, but for the least double, whose half is 0.
 */
export function originalScore(p: number, s: 0 | 0.5 | 1): number {
	if (s === 0) return 0;
	if (s === 1) return p > 0 ? 1 : 0;
	return p === Number.MIN_VALUE ? 0 : p;
}

/** The threshold on p that is equivalent to `originalScore(p, s) > dstThreshold`; Infinity if no p passes. */
export function probabilityThreshold(s: 0 | 0.5 | 1, dstThreshold: number): number {
	if (s === 0) return dstThreshold < 0 ? -1 : Infinity;
	if (s === 1) return dstThreshold < 0 ? -1 : dstThreshold < 1 ? 0 : Infinity;
	return dstThreshold < 0 ? -1 : Math.max(dstThreshold, Number.MIN_VALUE);
}
