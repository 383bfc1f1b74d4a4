import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { FLOW_PART } from "../flow/flow-columns.ts";
import type { Connections } from "./connections.ts";
import { END_REASON, type EndReason } from "./end-reason.ts";
import type { FlowContents } from "./flow-contents.ts";
import { BYTE, BYTE_SHIFT, WORD, WORD_SHIFT } from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";
import type { IdleSweep } from "./idle-sweep.ts";

const SYN = 0x02;
const FIN_OR_RST = 0x05;

/** Moves ended flows from the table into the columns of a batch. */
export class FlowExporter {
	/** Flows that have ended since the last clear. */
	readonly flows: FlowColumnsBuilder;
	/** Number of flows that ended, by {@link END_REASON}. */
	readonly endReasons = new Float64Array(6);
	readonly #table: FlowTable;
	readonly #contents: FlowContents;
	readonly #sweep: IdleSweep;
	readonly #connections: Connections | undefined;

	constructor(
		table: FlowTable,
		contents: FlowContents,
		sweep: IdleSweep,
		connections: Connections | undefined,
		vlan: boolean,
	) {
		this.#table = table;
		this.#contents = contents;
		this.#sweep = sweep;
		this.#connections = connections;
		this.flows = contents.createBuilder({ vlan, identity: connections !== undefined });
	}

	/**
	 * Prefetches all memory of the flows in `slots[0 … count)`, at most `FLOWS_AT_ONCE`: after a long silence it is in no
	 * cache, and the misses of several flows overlap.
	 */
	fetch(slots: Int32Array, count: number): void {
		this.#table.fetch(slots, count);
		this.#contents.fetch(slots, count);
	}

	/**
	 * Appends the flow to {@link flows} and frees its slot. A SYN that splits skips the pre-export step, as in the
	 * reference.
	 */
	export(slot: number, reason: EndReason, hasPreExport = true): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const link = slot << WORD_SHIFT;
		const packets = words[link + WORD.PACKETS]! + words[link + WORD.PACKETS_REVERSE]!;
		if (hasPreExport && packets <= 1 && (this.#flagsOf(slot) & SYN) !== 0) bytes[record + BYTE.LIST_COUNT] = 0;
		this.endReasons[reason]!++;
		this.#write(slot, FLOW_PART.WHOLE);
		this.#connections?.end(slot, reason);
		this.#contents.release(slot);
		this.#table.remove(slot);
		this.#sweep.forget(slot);
	}

	/** Appends the current state of the flow to {@link flows}; the flow continues. */
	exportEarly(slot: number): void {
		this.#contents.isEarlyDue = false;
		this.#write(slot, FLOW_PART.EARLY);
	}

	#write(slot: number, part: number): void {
		this.#connections?.write(slot, part, this.flows);
		this.#contents.write(slot, this.flows);
	}

	/** Exports a flow that has been silent for too long: as ended if either end had closed it. */
	exportSilent(slot: number): void {
		this.export(slot, this.#flagsOf(slot) & FIN_OR_RST ? END_REASON.END_OF_FLOW : END_REASON.INACTIVE);
	}

	/** The TCP flags of both directions. */
	#flagsOf(slot: number): number {
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		return bytes[record + BYTE.FLAGS]! | bytes[record + BYTE.FLAGS_REVERSE]!;
	}
}
