/** The most payload packets per flow record; longer lists are read up to this length. */
export const MAX_PACKETS = 30;

/** The value of a feature without data: no list, no reply, no silence. */
export const ABSENT = -1;

/**
 * A small sample of numbers from one flow and its statistics, without allocation: fill, {@link sort} if it is not in
 * order, then query. Everything that needs order (median, quantiles, mode, clusters) requires sorting first.
 */
export class Sample {
	/**
	 * Filled by the caller, {@link count} of them. A loop that adds a selection writes each value to the next element
	 * and advances by 1 or 0, branch-free, because directions and gaps are unpredictable. Hence one extra element.
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
			// A product: `** 2` calls pow here.
			squares += deviation * deviation;
		}
		return mean > 0 ? Math.sqrt(squares / count) / mean : 0;
	}

	/** (largest − smallest) / median: the relative range. */
	spread(): number {
		return this.count === 0 ? ABSENT : (this.largest() - this.smallest()) / Math.max(1, this.median());
	}

	/** Groups of neighbouring values, separated where two neighbours differ by more than `distance`. */
	clusters(distance: number): number {
		const { values, count } = this;
		if (count === 0) return 0;
		let clusters = 1;
		for (let i = 1; i < count; i++) clusters += +(values[i]! - values[i - 1]! > distance);
		return clusters;
	}

	/**
	 * The start of the fullest window of width `2 × tolerance` and its number of values, written to {@link modeBegin}
	 * and {@link modeCount}.
	 */
	findMode(tolerance: number): void {
		this.#findFullest(0, this.count, 2 * tolerance);
		this.modeBegin = this.#fullestBegin;
		this.modeCount = this.#fullestCount;
	}

	modeBegin = 0;
	modeCount = 0;

	/** The middle of the mode's window. Requires {@link findMode}. */
	mode(): number {
		return this.count === 0 ? ABSENT : this.values[this.modeBegin + ((this.modeCount - 1) >> 1)]!;
	}

	/** The number of values in the fullest window outside the mode's own. Requires {@link findMode}. */
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
