import type { FlowColumns } from "../../flow/flow-columns.ts";
import { FLOW_KEY_LENGTH, writeFlowKey } from "../../flow/flow-key.ts";
import { ConversationTable } from "../conversation-table.ts";

const IN_MINERS = 1;
const IN_OTHERS = 2;

/**
 * The original's cache: two sets of directed 5-tuples, those decided as miners and those decided as others. A 5-tuple
 * may be in both; the set of miners is checked first. The original never removes entries; this cache keeps `size`
 * 5-tuples.
 */
export class OriginalCache {
	readonly #table: ConversationTable;
	readonly #key = new Uint8Array(FLOW_KEY_LENGTH);

	constructor(size: number) {
		this.#table = new ConversationTable(size, 1);
	}

	remember(flows: FlowColumns, i: number, miner: boolean): void {
		writeFlowKey(flows, i, this.#key, true);
		const slot = this.#table.put(this.#key);
		this.#table.values[slot]! |= miner ? IN_MINERS : IN_OTHERS;
	}

	/** True: a miner; false: not a miner; undefined: unknown. */
	find(flows: FlowColumns, i: number): boolean | undefined {
		writeFlowKey(flows, i, this.#key, true);
		const slot = this.#table.find(this.#key);
		return slot < 0 ? undefined : (this.#table.values[slot]! & IN_MINERS) !== 0;
	}
}
