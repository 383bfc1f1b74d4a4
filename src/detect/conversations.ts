import type { FlowColumns } from "../flow/flow-columns.ts";
import { FLOW_KEY_LENGTH, writePairKey } from "../flow/flow-key.ts";
import { ConversationTable } from "./conversation-table.ts";
import type { ConversationOptions } from "./options.ts";
import type { Agreement } from "./verdicts.ts";

const JUDGED = 0;
const AGREEING = 1;
const LAST = 2;
const WIDTH = 3;

/**
 * Counts the judged flows between two hosts, and those found to be mining. An exporter cuts a long connection into
 * flows, and a false alarm rarely repeats in most of them. Ports are ignored because miners reconnect.
 */
export class Conversations {
	readonly #table: ConversationTable;
	readonly #options: ConversationOptions;
	readonly #key = new Uint8Array(FLOW_KEY_LENGTH);

	constructor(options: ConversationOptions) {
		this.#table = new ConversationTable(options.size, WIDTH);
		this.#options = options;
	}

	/** The complete state, for {@link load}. */
	save(): Uint8Array {
		return this.#table.save();
	}

	/** Returns false for bytes of a different kind. */
	load(memory: Uint8Array): boolean {
		return this.#table.load(memory);
	}

	/**
	 * Counts the judged flow i, and writes its pair's counts to entry i of `into`. Returns whether the pair agrees: at
	 * least `leastAgreeing` flows, and at least `leastShare` of the judged flows, were found to be mining.
	 */
	count(flows: FlowColumns, i: number, isMiner: boolean, into: Agreement): boolean {
		const { maxAge, leastAgreeing, leastShare } = this.#options;
		writePairKey(flows, i, this.#key);
		const at = this.#table.put(this.#key) * WIDTH;
		const { values } = this.#table;
		if (flows.timeFirst[i]! - values[at + LAST]! > maxAge) {
			values[at + JUDGED] = 0;
			values[at + AGREEING] = 0;
			values[at + LAST] = flows.timeLast[i]!;
		}
		values[at + LAST] = Math.max(values[at + LAST]!, flows.timeLast[i]!);
		const judged = ++values[at + JUDGED]!;
		if (isMiner) values[at + AGREEING]!++;
		const agreeing = values[at + AGREEING]!;
		into.judged[i] = judged;
		into.agreeing[i] = agreeing;
		return agreeing >= leastAgreeing && agreeing >= leastShare * judged;
	}
}
