/** Payload packets a flow record describes at most; a longer list is read up to here. */
export const MAX_PACKETS = 30;

/** What a feature says where the flow gives no answer: no list, no reply, no silence. */
export const ABSENT = -1;

/**
 * A handful of numbers taken from one flow and what statistics call a sample of them, without allocation: clear, add,
 * then {@link sort}, then ask. Everything that needs order (median, quantiles, mode, clusters) presumes the sorting.
 */
export class Sample {
	/** One place more than there are values: {@link addIf} writes before it knows. */
	readonly values = new Float64Array(MAX_PACKETS + 1);
	count = 0;

	clear(): void {
		this.count = 0;
	}

	add(value: number): void {
		this.values[this.count++] = value;
	}

	/** Adds the value where `flag` is 1, not where it is 0; without a branch, which directions and gaps would mislead. */
	addIf(flag: number, value: number): void {
		this.values[this.count] = value;
		this.count += flag;
	}

	/** Insertion sort: the lists are short and often nearly sorted or constant already. */
	sort(): void {
		const values = this.values;
		for (let i = 1; i < this.count; i++) {
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
		if (this.count === 0) return ABSENT;
		let sum = 0;
		for (let i = 0; i < this.count; i++) sum += this.values[i]!;
		return sum / this.count;
	}

	/** Standard deviation over mean, of at least two values: 0 for a clock, 1 for a Poisson process. */
	variation(): number {
		if (this.count < 2) return ABSENT;
		const mean = this.mean();
		let squares = 0;
		for (let i = 0; i < this.count; i++) {
			const deviation = this.values[i]! - mean;
			// A product: `** 2` is a call of pow here.
			squares += deviation * deviation;
		}
		return mean > 0 ? Math.sqrt(squares / this.count) / mean : 0;
	}

	/** (largest − smallest) / median: how far the extremes lie apart. */
	spread(): number {
		return this.count === 0 ? ABSENT : (this.largest() - this.smallest()) / Math.max(1, this.median());
	}

	/** Groups of neighbouring values, cut where two lie more than `distance` apart. */
	clusters(distance: number): number {
		if (this.count === 0) return 0;
		let clusters = 1;
		for (let i = 1; i < this.count; i++) if (this.values[i]! - this.values[i - 1]! > distance) clusters++;
		return clusters;
	}

	/** Where the fullest window of `2 × tolerance` begins and how many values it holds, written to {@link modeBegin} and {@link modeCount}. */
	findMode(tolerance: number): void {
		this.modeBegin = 0;
		this.modeCount = 0;
		let begin = 0;
		for (let end = 0; end < this.count; end++) {
			while (this.values[end]! - this.values[begin]! > 2 * tolerance) begin++;
			if (end - begin + 1 > this.modeCount) {
				this.modeCount = end - begin + 1;
				this.modeBegin = begin;
			}
		}
	}

	modeBegin = 0;
	modeCount = 0;

	/** The middle of the mode's window. Presumes {@link findMode}. */
	mode(): number {
		return this.count === 0 ? ABSENT : this.values[this.modeBegin + ((this.modeCount - 1) >> 1)]!;
	}

	/** Values of the fullest window outside the mode's own. Presumes {@link findMode}. */
	secondModeCount(tolerance: number): number {
		let best = 0;
		for (let part = 0; part < 2; part++) {
			let begin = part === 0 ? 0 : this.modeBegin + this.modeCount;
			const partEnd = part === 0 ? this.modeBegin : this.count;
			for (let end = begin; end < partEnd; end++) {
				while (this.values[end]! - this.values[begin]! > 2 * tolerance) begin++;
				if (end - begin + 1 > best) best = end - begin + 1;
			}
		}
		return best;
	}
}
