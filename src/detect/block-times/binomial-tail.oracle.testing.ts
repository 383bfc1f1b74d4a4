/** P(X ≥ hits) for X ~ Binomial(trials, q) by the recurrence over trials: P_n(k) = q·P_{n−1}(k−1) + (1−q)·P_{n−1}(k). */
export function binomialTailByRecurrence(hits: number, trials: number, q: number): number {
	let mass = new Float64Array(trials + 2);
	mass[0] = 1;
	for (let n = 0; n < trials; n++) {
		const next = new Float64Array(trials + 2);
		for (let k = 0; k <= n; k++) {
			next[k]! += mass[k]! * (1 - q);
			next[k + 1]! += mass[k]! * q;
		}
		mass = next;
	}
	let tail = 0;
	for (let k = trials; k >= Math.max(0, hits); k--) tail += mass[k]!;
	return tail;
}
