import { UsageError } from "../bytes/error.ts";
import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import type { AskedName } from "../dns/name-table.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { Connections } from "./connections.ts";
import { END_REASON } from "./end-reason.ts";
import { type ContentOptions, FlowContents } from "./flow-contents.ts";
import { FlowExporter } from "./flow-exporter.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, STATE } from "./flow-record.ts";
import { FLOWS_AT_ONCE, FlowTable } from "./flow-table.ts";
import { FragmentTable } from "./fragment-table.ts";
import { IdleSweep, SWEEP_STEP } from "./idle-sweep.ts";
import { DEFAULT_ACTIVE_TIMEOUT, DEFAULT_INACTIVE_TIMEOUT, DEFAULT_MAXIMUM_FLOWS } from "./meter-defaults.ts";
import { PacketBatch } from "./packet-batch.ts";
import { Timeouts } from "./timeouts.ts";

export interface MeterOptions extends ContentOptions {
	/** Seconds after its first packet at which a flow is exported and restarted. */
	readonly activeTimeout?: number;
	/** Seconds of silence after which a flow ends. */
	readonly inactiveTimeout?: number;
	/**
	 * Most flows in the table, which determine its memory. Beyond it the idlest of a few flows is exported early and
	 * counted.
	 */
	readonly maximumFlows?: number;
	/** Whether long flows are exported at the active timeout even without a packet: for live traffic. */
	readonly live?: boolean;
	/**
	 * Whether flows have an identifier shared by the slices of a connection. With `early` and `pushTimes` they always do.
	 * It derives from the key and the start of the connection alone; compare it together with the key.
	 */
	readonly flowIds?: boolean;
	/**
	 * Whether packets of different VLANs belong to different flows, as in the reference exporter. By default they do not:
	 * mirror ports often tag one direction only, which would split every connection.
	 */
	readonly vlanInKey?: boolean;
	/** Whether there is a column with the VLAN: that of the flow's first packet. */
	readonly vlan?: boolean;
	/** Fixes the hash, for tests. The flows and their order never depend on it. */
	readonly seed?: number;
}

const FIN_OR_RST = 0x05;
const SYN = 0x02;

/** Memory is indexed with 31 bits; the longest payloads take 512 bytes per flow. */
export const MOST_FLOWS = 4_000_000;

/** Slots from which the idlest is evicted. */
const EVICTION_CHOICE = 16;

/**
 * The metering process (RFC 7011): packets to biflows with the rules of ipfixprobe and its plugins basicplus, pstats,
 * tls and idpcontent (docs/metering.md has the rules). No allocation per packet; a fixed table.
 * Finished flows are appended to {@link flows}; the caller takes them from there.
 */
export class Meter {
	/** Flows exported early because the table or its memory was full. */
	evicted = 0;
	readonly #live: boolean;
	readonly #timeouts: Timeouts;
	readonly #table: FlowTable;
	readonly #fragments: FragmentTable;
	readonly #contents: FlowContents;
	readonly #exporter: FlowExporter;
	readonly #sweep: IdleSweep;
	readonly #connections: Connections | undefined;
	/** The batch for the single packet of {@link add}. */
	readonly #single = new PacketBatch();
	/** Packets since the last step of the sweep. */
	#packets = 0;
	/** The next slots to consider for eviction and for draining. */
	#evictionHand = 0;
	#drainHand = 0;
	readonly #left = new Int32Array(FLOWS_AT_ONCE);

	/** Throws a `UsageError` if `maximumFlows` exceeds the addressable memory. */
	constructor(options: MeterOptions = {}) {
		const flows = options.maximumFlows ?? DEFAULT_MAXIMUM_FLOWS;
		if (flows > MOST_FLOWS) {
			throw new UsageError(`a flow table of ${flows} flows is too large: at most ${MOST_FLOWS} are possible`);
		}
		this.#live = options.live ?? false;
		this.#timeouts = new Timeouts(
			options.activeTimeout ?? DEFAULT_ACTIVE_TIMEOUT,
			options.inactiveTimeout ?? DEFAULT_INACTIVE_TIMEOUT,
		);
		this.#table = new FlowTable(flows, options.vlanInKey ?? false, options.seed);
		this.#fragments = new FragmentTable(options.seed);
		this.#contents = new FlowContents(this.#table, options);
		this.#sweep = new IdleSweep(flows);
		if (options.flowIds || options.early || options.pushTimes) {
			const silence = options.inactiveTimeout ?? DEFAULT_INACTIVE_TIMEOUT;
			this.#connections = new Connections(this.#table, silence, this.#contents.pushes);
		}
		this.#exporter = new FlowExporter(
			this.#table,
			this.#contents,
			this.#sweep,
			this.#connections,
			options.vlan ?? false,
		);
	}

	/** Flows that have ended since the last clear. */
	get flows(): FlowColumnsBuilder {
		return this.#exporter.flows;
	}

	/** Number of flows that ended, by {@link END_REASON}. */
	get endReasons(): Float64Array {
		return this.#exporter.endReasons;
	}

	/** Names that clients queried, if `resolvedNames` keeps them, including those without a connection. */
	askedNames(): Iterable<AskedName> {
		return this.#contents.names?.table.asked() ?? [];
	}

	/** Number of QUIC packets not decrypted because too many came at once. */
	get hellosSkipped(): number {
		return this.#contents.hellosSkipped;
	}

	/** Number of flows in the table. */
	get size(): number {
		return this.#table.size;
	}

	/** Counts one packet. `bytes` holds its payload; `time` in µs. */
	add(packet: DecodedPacket, bytes: Uint8Array, time: number): void {
		const batch = this.#single;
		batch.packets[0] = packet;
		batch.times[0] = time;
		batch.length = 1;
		this.addAll(batch, bytes);
	}

	/** Counts the packets of a batch in order, with their memory prefetched together. */
	addAll(batch: PacketBatch, bytes: Uint8Array): void {
		const { packets, times, length } = batch;
		const table = this.#table;
		for (let i = 0; i < length; i++) {
			if (packets[i]!.fragment !== FRAGMENT.NONE) this.#fragments.resolve(packets[i]!, times[i]!);
		}
		table.lookUp(packets, length);
		for (let i = 0; i < length; i++) {
			const packet = packets[i]!;
			this.#timeouts.moveTo(times[i]!);
			const known = table.locate(i, packet.version);
			const slot = known >= 0 && this.#goesOn(known, packet, times, i) ? known : this.#begin(known, batch, i);
			if (this.#contents.isShort) this.#makeRoom(slot);
			this.#contents.add(slot, packet, bytes, times, i);
			if (this.#contents.isEarlyDue) this.#exporter.exportEarly(slot);
			if (++this.#packets === SWEEP_STEP) this.#sweepOn();
		}
	}

	/** Whether the packet's flow neither ends nor splits. */
	#goesOn(slot: number, packet: DecodedPacket, times: Float64Array, i: number): boolean {
		const { doubles } = this.#table;
		const at = slot << DOUBLE_SHIFT;
		const last = doubles[at + DOUBLE.TIME_LAST]!;
		if (times[i]! < last) this.#sweep.wentBack(slot, times[i]!);
		if (last < this.#timeouts.silentBefore || doubles[at + DOUBLE.TIME_FIRST]! < this.#timeouts.longBefore)
			return false;
		return (packet.tcpFlags & SYN) === 0 || !this.#hasEnded(slot, i);
	}

	/** Whether the direction of the packet at `position` has shown FIN or RST. */
	#hasEnded(slot: number, position: number): boolean {
		const { bytes, keys } = this.#table;
		const record = slot << BYTE_SHIFT;
		const reverse = keys.areSecond[position]! ^ (bytes[record + BYTE.STATE]! & STATE.SOURCE_SECOND);
		return (bytes[record + BYTE.FLAGS + reverse]! & FIN_OR_RST) !== 0;
	}

	/**
	 * Begins a flow for packet `i` of the batch and decides which end is the source. `ended`: the flow of the same key
	 * that is over, -1 for none.
	 */
	#begin(ended: number, { packets, times }: PacketBatch, i: number): number {
		const table = this.#table;
		const packet = packets[i]!;
		const time = times[i]!;
		if (ended >= 0) this.#exportEnded(ended, packet, i);
		if (table.isFull) this.#evict(-1);
		const slot = table.insert(i, packet);
		table.doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_FIRST] = time;
		table.bytes[(slot << BYTE_SHIFT) + BYTE.STATE] = table.keys.areSecond[i]! * STATE.SOURCE_SECOND;
		this.#connections?.begin(slot, packet.tcpFlags, time);
		this.#contents.begin(slot);
		this.#sweep.watch(slot, this.#timeouts.nextLook(time, time, this.#live));
		return slot;
	}

	/** The checks of the reference exporter, in its order. */
	#exportEnded(slot: number, packet: DecodedPacket, position: number): void {
		const last = this.#table.doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST]!;
		if (packet.tcpFlags & SYN && this.#hasEnded(slot, position))
			this.#exporter.export(slot, END_REASON.END_OF_FLOW, false);
		else if (last < this.#timeouts.silentBefore) this.#exporter.exportSilent(slot);
		else this.#exporter.export(slot, END_REASON.ACTIVE);
	}

	/** Ends flows by the clock alone, without packets: call it about once a second with the capture's time in µs. */
	tick(time: number): void {
		this.#timeouts.moveTo(time);
		for (let slot = 0; slot < this.#table.used; slot++) {
			if (this.#table.isLive(slot)) this.#endIfSilent(slot);
		}
	}

	/** Exports up to `count` of the remaining flows, in the order of their slots; false if none remain. */
	drain(count: number): boolean {
		let exported = 0;
		while (this.#drainHand < this.#table.used && exported < count) {
			const found = this.#nextLeft(Math.min(FLOWS_AT_ONCE, count - exported));
			this.#exporter.fetch(this.#left, found);
			for (let i = 0; i < found; i++) this.#exporter.export(this.#left[i]!, END_REASON.FORCED);
			exported += found;
		}
		return exported > 0;
	}

	/** Lists the next remaining flows, at most `count`; returns their number. */
	#nextLeft(count: number): number {
		let found = 0;
		for (; this.#drainHand < this.#table.used && found < count; this.#drainHand++) {
			if (this.#table.isLive(this.#drainHand)) this.#left[found++] = this.#drainHand;
		}
		return found;
	}

	#sweepOn(): void {
		this.#packets = 0;
		const { due } = this.#sweep;
		const count = this.#sweep.step(this.#table.used, this.#timeouts.silentBefore);
		this.#exporter.fetch(due, count);
		for (let i = 0; i < count; i++) this.#endIfSilent(due[i]!);
	}

	#endIfSilent(slot: number): void {
		const { doubles } = this.#table;
		const first = doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_FIRST]!;
		const last = doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST]!;
		if (last < this.#timeouts.silentBefore) this.#exporter.exportSilent(slot);
		else if (this.#live && first < this.#timeouts.longBefore) this.#exporter.export(slot, END_REASON.ACTIVE);
		else this.#sweep.watch(slot, this.#timeouts.nextLook(first, last, this.#live));
	}

	/** Evicts other flows than `slot` until memory for its next packet is free. */
	#makeRoom(slot: number): void {
		while (this.#contents.isShort) this.#evict(slot);
	}

	/** Exports the idlest of the next few flows except `except`, which needs the memory. */
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
		this.#exporter.export(idlest, END_REASON.LACK_OF_RESOURCES);
		this.evicted++;
	}
}
