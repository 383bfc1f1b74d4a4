import { BYTE, BYTE_SHIFT, WORD_SHIFT } from "./flow-record.ts";
import { FLOWS_AT_ONCE, type FlowTable } from "./flow-table.ts";

/** Lists what is to be fetched of the flows in some slots, whose records are at hand. One list is enough for all who fetch: each is done with it at once. */
export class SoughtFlows {
	/** What was listed last. */
	readonly values = new Int32Array(FLOWS_AT_ONCE);
	readonly #table: FlowTable;

	constructor(table: FlowTable) {
		this.#table = table;
	}

	/** Lists the chains that `word` of each record begins, where there is one; gives how many there are. */
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

	/** Lists those of the slots whose flows have `extra`; gives how many there are. */
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
