import type { Explanation } from "../detect/explanation.ts";
import { addressText } from "../flow/address.ts";
import { textAt } from "../flow/flow.ts";
import { type FlowColumns, isEarly } from "../flow/flow-columns.ts";
import { FLOW_KEY_LENGTH, writeFlowKey } from "../flow/flow-key.ts";
import { tellingSignals } from "./telling-signals.ts";

/** A row of the table: all reported flows of one conversation between a miner and a pool. */
export interface ConversationRow {
	readonly firstSeen: number;
	lastSeen: number;
	readonly minerAddress: string;
	readonly minerPort: number;
	readonly poolAddress: string;
	readonly poolPort: number;
	serverName: string;
	protocol: string;
	coin: string;
	software: string;
	readonly signals: Set<string>;
	/** The highest of the forest's probabilities; NaN if it judged none of the flows. */
	probability: number;
	flows: number;
	packets: number;
	bytes: number;
}

/** The most rows; further conversations are only counted, because nobody reads a longer table. */
const MOST_ROWS = 100_000;

/** Groups reported flows by conversation: addresses, ports and protocol, in either direction. */
export class ConversationRows {
	readonly #rows = new Map<string, ConversationRow>();
	readonly #key = Buffer.alloc(FLOW_KEY_LENGTH);
	/** Reported flows of conversations for which no row was left. */
	overflow = 0;

	/** The row of flow i, and whether it is new. Undefined if the table is full. */
	add(flows: FlowColumns, i: number, explanation: Explanation): { row: ConversationRow; isNew: boolean } | undefined {
		writeFlowKey(flows, i, this.#key, false);
		const key = this.#key.toString("latin1");
		let row = this.#rows.get(key);
		const isNew = row === undefined;
		if (row === undefined) {
			if (this.#rows.size >= MOST_ROWS) {
				this.overflow++;
				return undefined;
			}
			row = emptyRow(flows, i, explanation);
			this.#rows.set(key, row);
		}
		row.lastSeen = Math.max(row.lastSeen, flows.timeLast[i]!);
		row.serverName ||=
			textAt(flows.serverName, i) || (flows.extras.quicServerName ? textAt(flows.extras.quicServerName, i) : "");
		row.protocol ||= explanation.miningProtocol ?? "";
		row.coin ||= explanation.coin ?? "";
		row.software ||= explanation.software ?? "";
		for (const signal of tellingSignals(explanation.evidence)) row.signals.add(signal);
		const { probability } = explanation;
		if (probability !== undefined && !(row.probability >= probability)) row.probability = probability;
		// A flow with an early report is reported again when it ends.
		if (isEarly(flows, i)) return { row, isNew };
		row.flows++;
		row.packets += flows.packets[i]! + flows.packetsReverse[i]!;
		row.bytes += flows.bytes[i]! + flows.bytesReverse[i]!;
		return { row, isNew };
	}

	/** All rows in the order of first appearance. */
	rows(): ConversationRow[] {
		return [...this.#rows.values()].sort((a, b) => a.firstSeen - b.firstSeen);
	}
}

function emptyRow(flows: FlowColumns, i: number, explanation: Explanation): ConversationRow {
	const source = { address: addressText(flows.addresses, i * 32), port: flows.sourcePort[i]! };
	const destination = { address: addressText(flows.addresses, i * 32 + 16), port: flows.destinationPort[i]! };
	const [miner, pool] = explanation.minerIsSource ? [source, destination] : [destination, source];
	return {
		firstSeen: flows.timeFirst[i]!,
		lastSeen: flows.timeLast[i]!,
		minerAddress: miner.address,
		minerPort: miner.port,
		poolAddress: pool.address,
		poolPort: pool.port,
		serverName: "",
		protocol: "",
		coin: "",
		software: "",
		signals: new Set(),
		probability: Number.NaN,
		flows: 0,
		packets: 0,
		bytes: 0,
	};
}
