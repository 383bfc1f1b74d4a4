import type { Meter } from "./meter.ts";

/**
 * One observation that was written to several captures, one after the other: flows that are open at the end of a file go
 * on in the next one, if that begins where the file ended.
 */
export class Rotation {
	/** Whether a capture follows that continues after a packet of this time (µs). */
	readonly continuesAfter: (time: number) => Promise<boolean>;
	#meter: Meter | undefined;

	constructor(continuesAfter: (time: number) => Promise<boolean>) {
		this.continuesAfter = continuesAfter;
	}

	/** The meter with the flows that the last file left open; its batches count from 0 again. */
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
