/**
 * The time of flows, for what must happen when no flow comes: the highest time seen, going on at the speed of a clock that
 * nobody steps. It follows inputs that are read late, and never runs ahead of the wall clock, so that a wall clock that is
 * set back does not close incidents.
 */
export class FlowClock {
	/** Microseconds since the epoch; null before the first flow. */
	#highest: number | null;
	/** When it was seen, in milliseconds of the monotonic clock. */
	#seenAt: number;

	constructor(highest: number | null, monotonic: number) {
		this.#highest = highest;
		this.#seenAt = monotonic;
	}

	saw(at: number, monotonic: number): void {
		if (!(at > (this.#highest ?? -Infinity)) || !Number.isFinite(at)) return;
		this.#highest = at;
		this.#seenAt = monotonic;
	}

	/** Microseconds since the epoch, or null before the first flow. `wall`: milliseconds since the epoch. */
	now(monotonic: number, wall: number): number | null {
		if (this.#highest === null) return null;
		const gone = this.#highest + (monotonic - this.#seenAt) * 1000;
		return Math.max(this.#highest, Math.min(gone, wall * 1000));
	}
}
