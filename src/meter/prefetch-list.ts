import { BYTE, BYTE_SHIFT, WORD_SHIFT } from "./flow-record.ts";
import { FLOWS_AT_ONCE, type FlowTable } from "./flow-table.ts";

/**
 * Lists the memory to prefetch of the flows in some slots, whose records are in the cache. All users share one list:
 * each uses it at once.
 */
export class PrefetchList {
	/** The last list. */
	readonly values = new Int32Array(FLOWS_AT_ONCE);
	readonly #table: FlowTable;

	constructor(table: FlowTable) {
		this.#table = table;
	}

	/** Lists the chains in `word` of each record, if there is one; returns their number. */
	chains(word: number, slots: Int32Array, count: number): number {
		const { words } = this.#table;
		let found = 0;
		for (let i = 0; i < count; i++) {
			const first = words[(slots[i]! << WORD_SHIFT) + word]!;
			this.values[found] = first;
			if (first !== 0) found++;
		}
		return found;
	}

	/** Lists those of the slots whose flows have `extra`; returns their number. */
	having(extra: number, slots: Int32Array, count: number): number {
		const { bytes } = this.#table;
		let found = 0;
		for (let i = 0; i < count; i++) {
			this.values[found] = slots[i]!;
			if (bytes[(slots[i]! << BYTE_SHIFT) + BYTE.EXTRAS]! & extra) found++;
		}
		return found;
	}
}
