/**
 * Compares a flow's times with the clock. Timeouts compare whole seconds, and are recomputed only when another second
 * begins. All times in µs.
 */
export class Timeouts {
	/** Flows with an earlier last packet have been silent for too long. */
	silentBefore = 0.5;
	/** Flows with an earlier first packet have lasted too long. */
	longBefore = 0.5;
	readonly #active: number;
	readonly #inactive: number;
	#secondBegin = 0.5;
	#secondEnd = 0.5;

	/** Both in seconds. */
	constructor(active: number, inactive: number) {
		this.#active = active;
		this.#inactive = inactive;
	}

	/** Sets the time. */
	moveTo(time: number): void {
		if (time >= this.#secondBegin && time < this.#secondEnd) return;
		const second = Math.floor(time / 1e6);
		this.#secondBegin = second * 1e6;
		this.#secondEnd = (second + 1) * 1e6;
		this.silentBefore = (second - this.#inactive + 1) * 1e6;
		this.longBefore = (second - this.#active + 1) * 1e6;
	}

	/** A time that is at least {@link silentBefore} as long as a flow with these times need not be checked. */
	nextLook(first: number, last: number, endsLongFlows: boolean): number {
		return endsLongFlows ? Math.min(last, first + (this.#active - this.#inactive) * 1e6) : last;
	}
}
