import { FLOWS_AT_ONCE } from "./flow-table.ts";

/**
 * After this many packets this many slots, of a ring of at least 2^14, are checked for flows that have been silent too
 * long. The reference exporter checks 8 of 2^17 after each packet, which is the same pace; a small table is not swept
 * faster, because in a capture with decreasing times that would end flows that the reference continues. Many at a time,
 * because flows that end together cost less.
 */
export const SWEEP_STEP = FLOWS_AT_ONCE;
const SWEEP_RING = 1 << 14;

/**
 * Cycles through the slots of a table to find flows that may be over. For each it has a time at or before that of the
 * flow's last packet, so that most are skipped without reading their records: records are scattered in memory, these
 * times adjacent.
 */
export class IdleSweep {
	/** The slots of the last step to check: the first ones, as many as {@link step} returned. */
	readonly due = new Int32Array(SWEEP_STEP);
	/** µs per slot; Infinity if there is no flow. */
	readonly #times: Float64Array;
	#hand = 0;

	constructor(slots: number) {
		this.#times = new Float64Array(slots);
	}

	/** The slot has a flow; its silence is checked after `time`. */
	watch(slot: number, time: number): void {
		this.#times[slot] = time;
	}

	/** The flow's last packet is earlier than the one before it. */
	wentBack(slot: number, time: number): void {
		if (time < this.#times[slot]!) this.#times[slot] = time;
	}

	forget(slot: number): void {
		this.#times[slot] = Infinity;
	}

	/**
	 * Takes the next step over the `used` slots; returns how many of {@link due} may have been silent since before
	 * `silentBefore`.
	 */
	step(used: number, silentBefore: number): number {
		const times = this.#times;
		const end = this.#hand + SWEEP_STEP;
		let count = 0;
		for (let slot = this.#hand; slot < end && slot < used; slot++) {
			if (times[slot]! < silentBefore) this.due[count++] = slot;
		}
		this.#hand = end < used || end < SWEEP_RING ? end : 0;
		return count;
	}
}
