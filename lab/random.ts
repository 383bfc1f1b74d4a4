/** Seeded randomness: the same seed gives the same traffic on every machine. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** Uniform in [0, 1), by mulberry32 (Tommy Ettinger, public domain), 32 bits of state. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let z = this.#state;
		z = Math.imul(z ^ (z >>> 15), z | 1);
		z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
		return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
	}

	/** Uniform in [low, high). */
	uniform(low: number, high: number): number {
		return low + (high - low) * this.next();
	}

	/** An integer of low … high, both included. */
	integer(low: number, high: number): number {
		return low + Math.floor(this.next() * (high - low + 1));
	}

	/** Exponential with the given mean: the silences of a Poisson process. */
	exponential(mean: number): number {
		return -mean * Math.log(1 - this.next());
	}

	/** Normal, by Box and Muller. */
	normal(mean: number, deviation: number): number {
		return mean + deviation * Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
	}

	/** exp(normal): what round trips, sizes and think times look like. `median` is the middle value. */
	logNormal(median: number, sigma: number): number {
		return median * Math.exp(this.normal(0, sigma));
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(choices: readonly T[]): T {
		return choices[Math.floor(this.next() * choices.length)]!;
	}

	/** `length` hexadecimal digits. */
	hex(length: number): string {
		let text = "";
		while (text.length < length) text += Math.floor(this.next() * 16).toString(16);
		return text;
	}

	/** An independent generator for a part, so that adding a part does not change the others. */
	fork(salt: number): Random {
		return new Random(Math.imul(this.#state ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35));
	}
}
