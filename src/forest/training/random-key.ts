/**
 * A pseudorandom number in [0, 1) that is a function of its keys: the draws of a tree or node do not depend on the order
 * of threads. The mixing is that of MurmurHash3's last step (A. Appleby, public domain).
 */
export function randomAt(seed: number, ...keys: readonly number[]): number {
	let hash = mixed(seed | 0);
	for (const key of keys) hash = mixed(hash ^ Math.imul(key + 1, 0x9e3779b1));
	return (hash >>> 0) / 2 ** 32;
}

/** The same for two keys, without an array: it is called once per row. */
export function randomAt2(seed: number, first: number, second: number): number {
	const hash = mixed(mixed(seed | 0) ^ Math.imul(first + 1, 0x9e3779b1));
	return (mixed(hash ^ Math.imul(second + 1, 0x9e3779b1)) >>> 0) / 2 ** 32;
}

function mixed(value: number): number {
	let z = value;
	z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
	z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
	return z ^ (z >>> 16);
}

/** `count` different numbers below `total` (Floyd's sampling), in ascending order, into `out`. */
export function sampleInto(out: Int32Array, count: number, total: number, seed: number, a: number, b: number): void {
	const chosen = new Set<number>();
	for (let j = total - count; j < total; j++) {
		const pick = Math.floor(randomAt(seed, a, b, j) * (j + 1));
		chosen.add(chosen.has(pick) ? j : pick);
	}
	let at = 0;
	for (const number of [...chosen].sort((x, y) => x - y)) out[at++] = number;
}
