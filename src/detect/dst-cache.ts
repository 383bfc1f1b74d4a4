import type { FlowColumns } from "../flow/flow-columns.ts";
import { FLOW_KEY_LENGTH, writeFlowKey } from "../flow/flow-key.ts";
import { ConversationTable } from "./conversation-table.ts";

const SCORE = 0;
const DECIDED_AT = 1;
const MINER = 2;
const WIDTH = 3;

/**
 * Decisions about conversations with a server name as evidence (`-c`), so that their flows without a name are decided
 * alike: an exporter sees the name only in the flow with the handshake. Bounded in size, and in age by flow time. Both
 * directions of a conversation share one entry.
 */
export class DstCache {
	readonly #table: ConversationTable;
	readonly #maxAge: number;
	readonly #key = new Uint8Array(FLOW_KEY_LENGTH);

	constructor(size: number, maxAge: number) {
		this.#table = new ConversationTable(size, WIDTH);
		this.#maxAge = maxAge;
	}

	/** The complete state, for {@link load}. */
	save(): Uint8Array {
		return this.#table.save();
	}

	/** Returns false for bytes of a different kind. */
	load(memory: Uint8Array): boolean {
		return this.#table.load(memory);
	}

	remember(flows: FlowColumns, i: number, miner: boolean, score: number): void {
		writeFlowKey(flows, i, this.#key, false);
		const at = this.#table.put(this.#key) * WIDTH;
		const { values } = this.#table;
		values[at + SCORE] = score;
		values[at + DECIDED_AT] = flows.timeLast[i]!;
		values[at + MINER] = miner ? 1 : 0;
	}

	/** The entry of flow i's conversation, or -1 if there is none or it is too old for this flow. */
	find(flows: FlowColumns, i: number): number {
		writeFlowKey(flows, i, this.#key, false);
		const entry = this.#table.find(this.#key);
		return entry >= 0 && flows.timeFirst[i]! - this.decidedAt(entry) <= this.#maxAge ? entry : -1;
	}

	isMiner(entry: number): boolean {
		return this.#table.values[entry * WIDTH + MINER] === 1;
	}

	/** The pignistic probability of the decision. */
	score(entry: number): number {
		return this.#table.values[entry * WIDTH + SCORE]!;
	}

	/** µs since the epoch, in flow time. */
	decidedAt(entry: number): number {
		return this.#table.values[entry * WIDTH + DECIDED_AT]!;
	}
}
