/** Payload packets a flow record describes at most; a longer list is read up to here. */
export const MAX_PACKETS = 30;

/** What a feature says where the flow gives no answer: no list, no reply, no silence. */
export const ABSENT = -1;

/**
 * A handful of numbers taken from one flow and what statistics call a sample of them, without allocation: fill, {@link sort} where it
 * is not in order yet, then ask. Everything that needs order (median, quantiles, mode, clusters) presumes the sorting.
 */
export class Sample {
	/**
	 * Filled from outside, {@link count} of them: a loop that adds some of what it sees writes each value to the next place
	 * and moves on by 1 or by 0, without a branch, which directions and gaps would mislead. Hence one place more.
	 */
	readonly values = new Float64Array(MAX_PACKETS + 1);
	count = 0;

	/** Insertion sort: the lists are short and often nearly sorted or constant already. */
	sort(): void {
		const { values, count } = this;
		for (let i = 1; i < count; i++) {
			const value = values[i]!;
			let j = i - 1;
			while (j >= 0 && values[j]! > value) {
				values[j + 1] = values[j]!;
				j--;
			}
			values[j + 1] = value;
		}
	}

	/** The quantile by linear interpolation between the closest ranks (Hyndman and Fan 1996, type 7). */
	quantile(share: number): number {
		if (this.count === 0) return ABSENT;
		const rank = (this.count - 1) * share;
		const below = Math.floor(rank);
		const low = this.values[below]!;
		return rank > below ? low + (rank - below) * (this.values[below + 1]! - low) : low;
	}

	median(): number {
		const half = this.count >> 1;
		if (this.count === 0) return ABSENT;
		return this.count & 1 ? this.values[half]! : (this.values[half - 1]! + this.values[half]!) / 2;
	}

	smallest(): number {
		return this.count === 0 ? ABSENT : this.values[0]!;
	}

	largest(): number {
		return this.count === 0 ? ABSENT : this.values[this.count - 1]!;
	}

	mean(): number {
		const { values, count } = this;
		if (count === 0) return ABSENT;
		let sum = 0;
		for (let i = 0; i < count; i++) sum += values[i]!;
		return sum / count;
	}

	/** Standard deviation over mean, of at least two values: 0 for a clock, 1 for a Poisson process. */
	variation(): number {
		const { values, count } = this;
		if (count < 2) return ABSENT;
		const mean = this.mean();
		let squares = 0;
		for (let i = 0; i < count; i++) {
			const deviation = values[i]! - mean;
			// A product: `** 2` is a call of pow here.
			squares += deviation * deviation;
		}
		return mean > 0 ? Math.sqrt(squares / count) / mean : 0;
	}

	/** (largest − smallest) / median: how far the extremes lie apart. */
	spread(): number {
		return this.count === 0 ? ABSENT : (this.largest() - this.smallest()) / Math.max(1, this.median());
	}

	/** Groups of neighbouring values, cut where two lie more than `distance` apart. */
	clusters(distance: number): number {
		const { values, count } = this;
		if (count === 0) return 0;
		let clusters = 1;
		for (let i = 1; i < count; i++) clusters += +(values[i]! - values[i - 1]! > distance);
		return clusters;
	}

	/** Where the fullest window of `2 × tolerance` begins and how many values it holds, written to {@link modeBegin} and {@link modeCount}. */
	findMode(tolerance: number): void {
		this.#findFullest(0, this.count, 2 * tolerance);
		this.modeBegin = this.#fullestBegin;
		this.modeCount = this.#fullestCount;
	}

	modeBegin = 0;
	modeCount = 0;

	/** The middle of the mode's window. Presumes {@link findMode}. */
	mode(): number {
		return this.count === 0 ? ABSENT : this.values[this.modeBegin + ((this.modeCount - 1) >> 1)]!;
	}

	/** Values of the fullest window outside the mode's own. Presumes {@link findMode}. */
	secondModeCount(tolerance: number): number {
		this.#findFullest(0, this.modeBegin, 2 * tolerance);
		const below = this.#fullestCount;
		this.#findFullest(this.modeBegin + this.modeCount, this.count, 2 * tolerance);
		return Math.max(below, this.#fullestCount);
	}

	/**
	 * The first of the fullest windows of `width` among the values `[from … to)`. The window slides over them and never
	 * shrinks: it grows by a value that fits, else it moves on by one. Whenever it grows it is valid and fuller than any before.
	 */
	#findFullest(from: number, to: number, width: number): void {
		const { values } = this;
		let begin = from;
		let fullestBegin = from;
		let fullestCount = 0;
		for (let end = from; end < to; end++) {
			if (values[end]! - values[begin]! <= width) {
				fullestBegin = begin;
				fullestCount++;
			} else begin++;
		}
		this.#fullestBegin = fullestBegin;
		this.#fullestCount = fullestCount;
	}

	#fullestBegin = 0;
	#fullestCount = 0;
}
