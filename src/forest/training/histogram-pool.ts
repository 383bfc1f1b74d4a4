import type { Histogram } from "./histogram.ts";

/** Memory for histograms: beyond it a node forgets its own, and its children are counted instead of subtracted. */
const MAX_POOL_BYTES = 256 * 2 ** 20;
/** A split needs one histogram besides its own and one for the search: these are never kept. */
const RESERVED = 2;

/** Histograms in shared memory, taken and given back. How many there are does not depend on the number of threads. */
export class HistogramPool {
	readonly memory: SharedArrayBuffer;
	readonly #bins: number;
	readonly #free: Histogram[] = [];
	#made = 0;
	readonly #slots: number;

	constructor(bins: number, wanted: number) {
		this.#bins = bins;
		const affordable = Math.floor(MAX_POOL_BYTES / slotSize(bins));
		this.#slots = Math.max(RESERVED + 2, Math.min(affordable, wanted + RESERVED));
		this.memory = new SharedArrayBuffer(this.#slots * slotSize(bins));
	}

	take(): Histogram {
		return this.#free.pop() ?? histogramAt(this.memory, this.#bins, this.#made++);
	}

	release(histogram: Histogram): void {
		this.#free.push(histogram);
	}

	/** Whether one that is in use may stay so. */
	get mayKeep(): boolean {
		return this.#slots - this.#made + this.#free.length >= RESERVED;
	}
}

export function histogramAt(memory: SharedArrayBuffer, bins: number, slot: number): Histogram {
	const begin = slot * slotSize(bins);
	return {
		slot,
		sums: new Float64Array(memory, begin, 2 * bins),
		counts: new Int32Array(memory, begin + 16 * bins, bins),
	};
}

/** 20 bytes a bin, and a multiple of 8 so that the next one is aligned. */
function slotSize(bins: number): number {
	return 8 * Math.ceil((20 * bins) / 8);
}
