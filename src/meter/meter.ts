import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { END_REASON, type EndReason } from "./end-reason.ts";
import { type ContentOptions, FlowContents } from "./flow-contents.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import { FlowTable } from "./flow-table.ts";
import { FragmentTable } from "./fragment-table.ts";
import { PACKETS_AT_ONCE, type PacketBatch } from "./packet-batch.ts";

export interface MeterOptions extends ContentOptions {
	/** Seconds after its first packet at which a flow is exported and begun anew. */
	readonly activeTimeout?: number;
	/** Seconds of silence after which a flow is over. */
	readonly inactiveTimeout?: number;
	/** Flows at a time. Memory follows from it; where more are needed the idlest of a few is exported early and counted. */
	readonly maximumFlows?: number;
	/** Whether long flows are exported at the active timeout even when no packet comes: for live traffic. */
	readonly live?: boolean;
	/** Whether there is a column with the VLAN. */
	readonly vlan?: boolean;
	/** Fixes the hash, for tests. The flows and their order never depend on it. */
	readonly seed?: number;
}

export const DEFAULT_ACTIVE_TIMEOUT = 300;
export const DEFAULT_INACTIVE_TIMEOUT = 65;
export const DEFAULT_MAXIMUM_FLOWS = 1 << 20;

const FIN_OR_RST = 0x05;
const SYN = 0x02;

/**
 * After every 16 packets so many slots, of a ring of at least 2^14, are looked at for flows that have been silent too long:
 * side by side, so that their memory is fetched together. The reference exporter looks at 8 of 2^17 after each packet, which
 * is the same pace; a small table is swept no faster, because in a capture whose time runs backwards that would end flows
 * which there go on.
 */
const SWEEP_STEP = 16;
const SWEEP_RING = 1 << 14;
/** Slots among which the idlest is evicted. */
const EVICTION_CHOICE = 16;

/**
 * The metering process (RFC 7011): packets in, biflows out, as ipfixprobe makes them with the plugins basicplus, pstats,
 * tls and idpcontent (docs/metering.md has the rules). No allocation per packet; a fixed table.
 * Finished flows are appended to {@link flows}; whoever feeds the meter takes them from there.
 */
export class Meter {
	/** Flows that have ended since it was last cleared. */
	readonly flows: FlowColumnsBuilder;
	/** How many flows ended for which of {@link END_REASON}. */
	readonly endReasons = new Float64Array(6);
	/** Flows exported early because the table or its memory was full. */
	evicted = 0;
	readonly #active: number;
	readonly #inactive: number;
	readonly #live: boolean;
	readonly #table: FlowTable;
	readonly #fragments: FragmentTable;
	readonly #contents: FlowContents;
	/** Of the batch at hand, which packets come from the end that stands second in their key. */
	readonly #areSecond = new Uint8Array(PACKETS_AT_ONCE);
	/** Keeps what is fetched ahead from being optimised away. */
	#touched = 0;
	/** Packets since the last sweep. */
	#packets = 0;
	/** The next slot to sweep and to consider for eviction. */
	#sweepHand = 0;
	#evictionHand = 0;
	#drainHand = 0;

	constructor(options: MeterOptions = {}) {
		this.#active = options.activeTimeout ?? DEFAULT_ACTIVE_TIMEOUT;
		this.#inactive = options.inactiveTimeout ?? DEFAULT_INACTIVE_TIMEOUT;
		this.#live = options.live ?? false;
		const flows = options.maximumFlows ?? DEFAULT_MAXIMUM_FLOWS;
		this.#table = new FlowTable(flows, options.seed);
		this.#fragments = new FragmentTable(options.seed);
		this.#contents = new FlowContents(this.#table, options);
		this.flows = this.#contents.createBuilder(options.vlan ?? false);
	}

	/** QUIC packets that were not opened because too many came at once. */
	get hellosSkipped(): number {
		return this.#contents.hellosSkipped;
	}

	/** Flows being metered. */
	get size(): number {
		return this.#table.size;
	}

	/** Counts one packet. `bytes` holds its payload; `time` in µs. */
	add(packet: DecodedPacket, bytes: Uint8Array, time: number): void {
		if (packet.fragment !== FRAGMENT.NONE) this.#fragments.resolve(packet, time);
		const isSecond = this.#table.setKey(0, packet);
		this.#meter(0, packet, bytes, time, isSecond);
	}

	/** Counts the packets of a batch, as one {@link add} after the other does, but with their memory fetched together. */
	addAll(batch: PacketBatch, bytes: Uint8Array): void {
		const { packets, times, length } = batch;
		const areSecond = this.#areSecond;
		for (let i = 0; i < length; i++) {
			const packet = packets[i]!;
			if (packet.fragment !== FRAGMENT.NONE) this.#fragments.resolve(packet, times[i]!);
			areSecond[i] = this.#table.setKey(i, packet) ? 1 : 0;
		}
		this.#touched ^= this.#table.touch(length);
		for (let i = 0; i < length; i++) this.#meter(i, packets[i]!, bytes, times[i]!, areSecond[i] === 1);
	}

	#meter(position: number, packet: DecodedPacket, bytes: Uint8Array, time: number, isSecond: boolean): void {
		const second = Math.floor(time / 1e6);
		let slot = this.#table.find(position, packet.version);
		if (slot >= 0 && this.#endsBefore(slot, packet, isSecond, second)) slot = -1;
		if (slot < 0) slot = this.#begin(position, packet.version, isSecond, time);
		while (this.#contents.isShort) this.#evict(slot);
		this.#contents.add(slot, packet, bytes, time, isSecond);
		this.#packets = (this.#packets + 1) % SWEEP_STEP;
		if (this.#packets === 0) this.#sweep(second);
	}

	/** Lets flows end by the clock alone, when no packets come: call it about once a second with the capture's time in µs. */
	tick(time: number): void {
		const second = Math.floor(time / 1e6);
		for (let slot = 0; slot < this.#table.used; slot++) {
			if (this.#table.isLive(slot)) this.#endIfSilent(slot, second);
		}
	}

	/** Exports up to `count` of the flows that are left, in the order of their slots; false when there are none any more. */
	drain(count: number): boolean {
		let exported = 0;
		while (this.#drainHand < this.#table.used && exported < count) {
			const slot = this.#drainHand++;
			if (!this.#table.isLive(slot)) continue;
			this.#export(slot, END_REASON.FORCED);
			exported++;
		}
		return exported > 0;
	}

	/** Whether the packet finds its flow over, which then is exported: the reference's checks in the reference's order. */
	#endsBefore(slot: number, packet: DecodedPacket, isSecond: boolean, second: number): boolean {
		const { bytes, doubles } = this.#table;
		const record = slot << BYTE_SHIFT;
		const sourceIsSecond = (bytes[record + BYTE.STATE]! & STATE.SOURCE_SECOND) !== 0;
		const flags = bytes[record + (isSecond === sourceIsSecond ? BYTE.FLAGS : BYTE.FLAGS_REVERSE)]!;
		if (packet.tcpFlags & SYN && flags & FIN_OR_RST) this.#export(slot, END_REASON.END_OF_FLOW, false);
		else if (isAtOrBefore(doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST]!, second - this.#inactive)) {
			this.#export(slot, this.#reasonOfSilence(slot));
		} else if (isAtOrBefore(doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_FIRST]!, second - this.#active)) {
			this.#export(slot, END_REASON.ACTIVE);
		} else return false;
		return true;
	}

	/** A new flow for the key at `position`; the packet that creates it decides which end is the source. */
	#begin(position: number, version: number, isSecond: boolean, time: number): number {
		const table = this.#table;
		if (table.isFull) this.#evict(-1);
		// What was exported since has moved the index.
		table.find(position, version);
		const slot = table.insert(position);
		table.doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_FIRST] = time;
		if (isSecond) table.bytes[(slot << BYTE_SHIFT) + BYTE.STATE]! |= STATE.SOURCE_SECOND;
		this.#contents.begin(slot);
		return slot;
	}

	#sweep(second: number): void {
		const { used } = this.#table;
		const first = this.#sweepHand;
		const end = first + SWEEP_STEP;
		for (let slot = first; slot < end && slot < used; slot++) this.#endIfSilent(slot, second);
		this.#sweepHand = end < used || end < SWEEP_RING ? end : 0;
	}

	#endIfSilent(slot: number, second: number): void {
		if (!this.#table.isLive(slot)) return;
		const { doubles } = this.#table;
		if (isAtOrBefore(doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST]!, second - this.#inactive)) {
			this.#export(slot, this.#reasonOfSilence(slot));
		} else if (
			this.#live &&
			isAtOrBefore(doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_FIRST]!, second - this.#active)
		) {
			this.#export(slot, END_REASON.ACTIVE);
		}
	}

	/** Exports the idlest of the next few flows but `except`, the one that asks. */
	#evict(except: number): void {
		const { doubles, used } = this.#table;
		let idlest = -1;
		for (let looked = 0; looked < used && (looked < EVICTION_CHOICE || idlest < 0); looked++) {
			if (this.#evictionHand >= used) this.#evictionHand = 0;
			const slot = this.#evictionHand++;
			if (slot === except || !this.#table.isLive(slot)) continue;
			const last = doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST]!;
			if (idlest < 0 || last < doubles[(idlest << DOUBLE_SHIFT) + DOUBLE.TIME_LAST]!) idlest = slot;
		}
		this.#export(idlest, END_REASON.LACK_OF_RESOURCES);
		this.evicted++;
	}

	#reasonOfSilence(slot: number): EndReason {
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		const flags = bytes[record + BYTE.FLAGS]! | bytes[record + BYTE.FLAGS_REVERSE]!;
		return flags & FIN_OR_RST ? END_REASON.END_OF_FLOW : END_REASON.INACTIVE;
	}

	/** Appends the flow to {@link flows} and frees its slot. The pre-export step is left out where a SYN splits: the reference does so. */
	#export(slot: number, reason: EndReason, hasPreExport = true): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const link = slot << WORD_SHIFT;
		const packets = words[link + WORD.PACKETS]! + words[link + WORD.PACKETS_REVERSE]!;
		const hasSyn = ((bytes[record + BYTE.FLAGS]! | bytes[record + BYTE.FLAGS_REVERSE]!) & SYN) !== 0;
		if (hasPreExport && packets <= 1 && hasSyn) bytes[record + BYTE.LIST_COUNT] = 0;
		this.endReasons[reason]!++;
		this.#contents.write(slot, this.flows);
		this.#contents.release(slot);
		this.#table.remove(slot);
	}
}

/** Whether the second of `time` (µs) is `second` or one before it, without a division. */
function isAtOrBefore(time: number, second: number): boolean {
	return time < (second + 1) * 1e6;
}
