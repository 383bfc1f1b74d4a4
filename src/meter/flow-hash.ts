/**
 * Hash of flow keys: multilinear over 16-bit halves with random multipliers (Lemire and Kaser, "Strongly universal
 * string hashing is fast", 2014), modulo 2^32. For keys chosen without knowledge of the multipliers the upper 17 bits
 * of any two agree with probability 2^-17, so that no sender can make all packets fall into one place: take the upper
 * bits first.
 */
export class FlowHash {
	readonly #multipliers: Int32Array;

	/** `words`: the length of the longest key. `seed` for tests; by default every process draws its own. */
	constructor(words: number, seed?: number) {
		this.#multipliers = new Int32Array(1 + 2 * words);
		if (seed === undefined) crypto.getRandomValues(this.#multipliers);
		else fillSeeded(this.#multipliers, seed);
	}

	/** {@link hash} of four words, unrolled: the case of nearly every packet. */
	hash4(key: Int32Array, at: number): number {
		const m = this.#multipliers;
		const a = key[at]!;
		const b = key[at + 1]!;
		const c = key[at + 2]!;
		const d = key[at + 3]!;
		return (
			(m[0]! +
				(Math.imul(m[1]!, a >>> 16) + Math.imul(m[2]!, a & 0xffff)) +
				(Math.imul(m[3]!, b >>> 16) + Math.imul(m[4]!, b & 0xffff)) +
				(Math.imul(m[5]!, c >>> 16) + Math.imul(m[6]!, c & 0xffff)) +
				(Math.imul(m[7]!, d >>> 16) + Math.imul(m[8]!, d & 0xffff))) |
			0
		);
	}

	/** The hash of `key[at … at + words)`, signed 32 bits. */
	hash(key: Int32Array, at: number, words: number): number {
		const m = this.#multipliers;
		let sum = m[0]!;
		for (let i = at, k = 1; i < at + words; i++, k += 2) {
			sum = (sum + Math.imul(m[k]!, key[i]! >>> 16) + Math.imul(m[k + 1]!, key[i]! & 0xffff)) | 0;
		}
		return sum;
	}
}

function fillSeeded(multipliers: Int32Array, seed: number): void {
	let state = seed | 0;
	for (let i = 0; i < multipliers.length; i++) {
		state = (state + 0x9e3779b9) | 0;
		const mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
		multipliers[i] = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) ^ (mixed >>> 16);
	}
}
