/**
 * Hash of flow keys: multilinear over 16-bit halves with random multipliers (Lemire and Kaser, "Strongly universal string
 * hashing is fast", 2014), two sums of 32 bits of which the upper half is used. For keys chosen without knowledge of the
 * multipliers any two collide with probability 2^-32, so nobody can send packets that all fall into one place.
 */
export class FlowHash {
	readonly #multipliers: Int32Array;

	/** `words`: the longest key. `seed` for tests; by default every process draws its own. */
	constructor(words: number, seed?: number) {
		this.#multipliers = new Int32Array(2 + 4 * words);
		if (seed === undefined) crypto.getRandomValues(this.#multipliers);
		else fillSeeded(this.#multipliers, seed);
	}

	/** {@link hash} of four words, unrolled: what nearly every packet needs. */
	hash4(key: Int32Array, at: number): number {
		const m = this.#multipliers;
		const a = key[at]!;
		const b = key[at + 1]!;
		const c = key[at + 2]!;
		const d = key[at + 3]!;
		const first =
			m[0]! +
			(Math.imul(m[2]!, a >>> 16) + Math.imul(m[3]!, a & 0xffff)) +
			(Math.imul(m[6]!, b >>> 16) + Math.imul(m[7]!, b & 0xffff)) +
			(Math.imul(m[10]!, c >>> 16) + Math.imul(m[11]!, c & 0xffff)) +
			(Math.imul(m[14]!, d >>> 16) + Math.imul(m[15]!, d & 0xffff));
		const second =
			m[1]! +
			(Math.imul(m[4]!, a >>> 16) + Math.imul(m[5]!, a & 0xffff)) +
			(Math.imul(m[8]!, b >>> 16) + Math.imul(m[9]!, b & 0xffff)) +
			(Math.imul(m[12]!, c >>> 16) + Math.imul(m[13]!, c & 0xffff)) +
			(Math.imul(m[16]!, d >>> 16) + Math.imul(m[17]!, d & 0xffff));
		return (first & 0xffff0000) | ((second | 0) >>> 16);
	}

	/** The hash of `key[at … at + words)`, signed 32 bits. */
	hash(key: Int32Array, at: number, words: number): number {
		const m = this.#multipliers;
		let first = m[0]!;
		let second = m[1]!;
		for (let i = at, k = 2; i < at + words; i++, k += 4) {
			const high = key[i]! >>> 16;
			const low = key[i]! & 0xffff;
			first = (first + Math.imul(m[k]!, high) + Math.imul(m[k + 1]!, low)) | 0;
			second = (second + Math.imul(m[k + 2]!, high) + Math.imul(m[k + 3]!, low)) | 0;
		}
		return (first & 0xffff0000) | (second >>> 16);
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
