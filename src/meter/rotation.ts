import type { Meter } from "./meter.ts";

/**
 * One observation in several consecutive captures: flows that are open at the end of a file continue
 * in the next one, if that begins where the file ended.
 */
export class Rotation {
	/** Whether a next capture continues after a packet of this time (µs). */
	readonly continuesAfter: (time: number) => Promise<boolean>;
	#meter: Meter | undefined;

	constructor(continuesAfter: (time: number) => Promise<boolean>) {
		this.continuesAfter = continuesAfter;
	}

	/** The meter with the open flows of the last file; its batches count from 0 again. */
	take(): Meter | undefined {
		const meter = this.#meter;
		this.#meter = undefined;
		meter?.flows.restart();
		return meter;
	}

	leave(meter: Meter): void {
		this.#meter = meter;
	}
}
