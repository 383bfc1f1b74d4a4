import type { FlowColumns } from "../flow/flow-columns.ts";
import { FLOW_KEY_LENGTH, writeFlowKey } from "../flow/flow-key.ts";
import { ConversationTable } from "./conversation-table.ts";
import type { Mass } from "./dempster-shafer.ts";
import type { ConversationOptions } from "./options.ts";
import type { EarlierEvidence } from "./verdicts.ts";

const MINER = 0;
const OTHER = 1;
const FLOWS = 2;
const NAMED = 3;
const LAST = 4;
const WIDTH = 5;

/**
 * What the flows of a conversation said so far, as one mass function. An exporter cuts a long connection into flows;
 * each may say too little, all together enough. Both directions of a conversation are one; ports and protocol count.
 */
export class Conversations {
	readonly #table: ConversationTable;
	readonly #options: ConversationOptions;
	readonly #key = new Uint8Array(FLOW_KEY_LENGTH);

	constructor(options: ConversationOptions) {
		this.#table = new ConversationTable(options.size, WIDTH);
		this.#options = options;
	}

	/** Writes what is known of flow i's conversation to entry i of `into`, discounted as earlier evidence is. */
	recall(flows: FlowColumns, i: number, into: Mutable<EarlierEvidence>): void {
		writeFlowKey(flows, i, this.#key, false);
		const at = this.#table.find(this.#key) * WIDTH;
		const { values } = this.#table;
		if (at < 0 || flows.timeFirst[i]! - values[at + LAST]! > this.#options.maxAge) return;
		into.miner[i] = values[at + MINER]! * this.#options.reliability;
		into.other[i] = values[at + OTHER]! * this.#options.reliability;
		into.flows[i] = values[at + FLOWS]!;
		into.named[i] = values[at + NAMED]!;
	}

	/** Keeps `mass`, which is flow i's and that of the flows before it, for the conversation's next flow. */
	remember(flows: FlowColumns, i: number, mass: Mass, earlier: EarlierEvidence, named: boolean): void {
		writeFlowKey(flows, i, this.#key, false);
		const at = this.#table.put(this.#key) * WIDTH;
		const { values } = this.#table;
		values[at + MINER] = mass.miner;
		values[at + OTHER] = mass.other;
		values[at + FLOWS] = earlier.flows[i]! + 1;
		values[at + NAMED] = named ? 1 : 0;
		values[at + LAST] = flows.timeLast[i]!;
	}
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
