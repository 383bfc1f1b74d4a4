import { FLOWS_AT_ONCE } from "./flow-table.ts";

/**
 * After so many packets so many slots, of a ring of at least 2^14, are looked at for flows that have been silent too long.
 * The reference exporter looks at 8 of 2^17 after each packet, which is the same pace; a small table is swept no faster,
 * because in a capture whose time runs backwards that would end flows which there go on. Many at a time, because flows
 * that end together cost less.
 */
export const SWEEP_STEP = FLOWS_AT_ONCE;
const SWEEP_RING = 1 << 14;

/**
 * Goes round the slots of a table for flows that may be over. For each it knows a time at or before that of the flow's last
 * packet, so that most are passed over without a look at their records: those lie in memory far apart, these side by side.
 */
export class IdleSweep {
	/** The slots of the last step to look at: the first so many. */
	readonly due = new Int32Array(SWEEP_STEP);
	/** µs, for each slot; Infinity where there is no flow. */
	readonly #times: Float64Array;
	#hand = 0;

	constructor(slots: number) {
		this.#times = new Float64Array(slots);
	}

	/** The slot has a flow that need not be looked at before its silence is counted from `time`. */
	watch(slot: number, time: number): void {
		this.#times[slot] = time;
	}

	/** The flow's last packet is one of an earlier time than the one before it. */
	wentBack(slot: number, time: number): void {
		if (time < this.#times[slot]!) this.#times[slot] = time;
	}

	forget(slot: number): void {
		this.#times[slot] = Infinity;
	}

	/** Takes the next step over the `used` slots; how many of {@link due} are flows silent since before `silentBefore`, as far as is known here. */
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
