import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { ByteChains } from "./byte-chains.ts";
import { END_REASON, type EndReason } from "./end-reason.ts";
import { writeFlow } from "./flow-export.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import { FlowTable } from "./flow-table.ts";
import { FragmentTable } from "./fragment-table.ts";
import { Handshakes, mayBeginHello } from "./handshakes.ts";
import { LongPayloads } from "./long-payloads.ts";
import { PACKETS_AT_ONCE, type PacketBatch } from "./packet-batch.ts";
import { PacketLists } from "./packet-lists.ts";
import { HELLO, readHello, ServerNamePosition } from "./reference-tls.ts";

export interface MeterOptions {
	/** Seconds after its first packet at which a flow is exported and begun anew. */
	readonly activeTimeout?: number;
	/** Seconds of silence after which a flow is over. */
	readonly inactiveTimeout?: number;
	/** Flows at a time. Memory follows from it; where more are needed the idlest of a few is exported early and counted. */
	readonly maximumFlows?: number;
	/** Whether long flows are exported at the active timeout even when no packet comes: for live traffic. */
	readonly live?: boolean;
	/** First payload bytes to keep of each direction, joined over segments: columns of their own. 0 keeps none. */
	readonly payloadBytes?: number;
	/**
	 * Whether to read ClientHellos whole: over several segments for the server name, from QUIC's Initial packets, with
	 * ALPN, JA3 and JA4 in columns of their own.
	 */
	readonly handshakes?: boolean;
	/** Whether there is a column with the VLAN. */
	readonly vlan?: boolean;
	/** Fixes the hash, for tests. The flows and their order never depend on it. */
	readonly seed?: number;
}

export const DEFAULT_ACTIVE_TIMEOUT = 300;
export const DEFAULT_INACTIVE_TIMEOUT = 65;
export const DEFAULT_MAXIMUM_FLOWS = 1 << 20;

const PAYLOAD_EXTRAS = ["longPayload", "longPayloadReverse"] as const;
const HANDSHAKE_EXTRAS = ["alpn", "quicServerName", "quicAlpn", "ja3", "ja4"] as const;

/** What `PPI_*` and `IDP_CONTENT` hold at most. */
const LIST_LIMIT = 30;
const PAYLOAD_LIMIT = 100;

const FIN_OR_RST = 0x05;
const SYN = 0x02;
const TLS_HANDSHAKE = 22;

/** Pieces of memory for a flow of the ordinary kind; a flow of the largest kind takes up to twice as much. */
const LIST_BLOCKS_PER_FLOW = 2.5;
const CHAIN_PIECES_PER_FLOW = 4;
const FEWEST_PIECES = 256;

/**
 * After each packet one slot of a ring of at least so many is looked at for a flow that has been silent too long. The
 * reference exporter looks at 8 of 2^17, which is the same pace; a small table is swept no faster, because in a capture
 * whose time runs backwards that would end flows which there go on.
 */
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
	readonly #lists: PacketLists;
	readonly #chains: ByteChains;
	readonly #hasExtras: boolean;
	readonly #payloads: LongPayloads | undefined;
	readonly #handshakes: Handshakes | undefined;
	readonly #name = new ServerNamePosition();
	/** Of the batch at hand, which packets come from the end that stands second in their key. */
	readonly #areSecond = new Uint8Array(PACKETS_AT_ONCE);
	/** Keeps what is fetched ahead from being optimised away. */
	#touched = 0;
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
		this.#lists = new PacketLists(Math.max(FEWEST_PIECES, Math.ceil(flows * LIST_BLOCKS_PER_FLOW)));
		this.#chains = new ByteChains(Math.max(FEWEST_PIECES, flows * CHAIN_PIECES_PER_FLOW));
		if (options.payloadBytes) this.#payloads = new LongPayloads(flows, options.payloadBytes);
		if (options.handshakes) this.#handshakes = new Handshakes(flows);
		this.#hasExtras = this.#payloads !== undefined || this.#handshakes !== undefined;
		this.flows = new FlowColumnsBuilder({
			extras: [...(this.#payloads ? PAYLOAD_EXTRAS : []), ...(this.#handshakes ? HANDSHAKE_EXTRAS : [])],
			vlan: options.vlan ?? false,
		});
	}

	/** QUIC packets that were not opened because too many came at once. */
	get hellosSkipped(): number {
		return this.#handshakes?.skipped ?? 0;
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
		this.#count(slot, packet, bytes, time, isSecond);
		if (this.#hasExtras && packet.payloadEnd > packet.payloadBegin) {
			this.#countMore(slot, packet, bytes, isSecond, second);
		}
		this.#sweep(second);
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
		this.#payloads?.begin(slot);
		this.#handshakes?.begin(slot);
		return slot;
	}

	#count(slot: number, packet: DecodedPacket, captured: Uint8Array, time: number, isSecond: boolean): void {
		const { bytes, doubles, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const isReverse = isSecond !== ((bytes[record + BYTE.STATE]! & STATE.SOURCE_SECOND) !== 0);
		doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST] = time;
		doubles[(slot << DOUBLE_SHIFT) + (isReverse ? DOUBLE.BYTES_REVERSE : DOUBLE.BYTES)]! += packet.ipLength;
		words[(slot << WORD_SHIFT) + (isReverse ? WORD.PACKETS_REVERSE : WORD.PACKETS)]! += 1;
		bytes[record + (isReverse ? BYTE.FLAGS_REVERSE : BYTE.FLAGS)]! |= packet.tcpFlags;
		if (packet.payloadLength > 0 && bytes[record + BYTE.LIST_COUNT]! < LIST_LIMIT) {
			this.#appendToList(slot, packet, time, isReverse);
		}
		if (packet.payloadEnd > packet.payloadBegin) {
			this.#keepPayload(slot, packet, captured, isReverse);
			this.#keepServerName(slot, packet, captured);
		}
	}

	/** What the reference exporter does not see: payload beyond the first packet, hellos beyond one segment. */
	#countMore(slot: number, packet: DecodedPacket, captured: Uint8Array, isSecond: boolean, second: number): void {
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		const state = bytes[record + BYTE.STATE]!;
		const isReverse = isSecond !== ((state & STATE.SOURCE_SECOND) !== 0);
		const full = isReverse ? STATE.LONG_PAYLOAD_REVERSE : STATE.LONG_PAYLOAD;
		if (this.#payloads !== undefined && !(state & full)) {
			while (this.#payloads.isExhausted) this.#evict(slot);
			if (this.#payloads.add(slot, packet, captured, isReverse)) bytes[record + BYTE.STATE]! |= full;
		}
		const isUnderWay = (state & STATE.HELLO_UNDER_WAY) !== 0;
		if (this.#handshakes !== undefined && (isUnderWay || mayBeginHello(packet, captured))) {
			this.#keepHello(this.#handshakes, slot, packet, captured, isReverse, second);
		}
	}

	#keepHello(
		handshakes: Handshakes,
		slot: number,
		packet: DecodedPacket,
		captured: Uint8Array,
		isReverse: boolean,
		second: number,
	): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		while (handshakes.isExhausted) this.#evict(slot);
		const hasName = handshakes.add(slot, packet, captured, isReverse, second);
		if (handshakes.isUnderWay(slot)) bytes[record + BYTE.STATE]! |= STATE.HELLO_UNDER_WAY;
		else bytes[record + BYTE.STATE]! &= ~STATE.HELLO_UNDER_WAY;
		if (!hasName || bytes[record + BYTE.SERVER_NAME_LENGTH] !== 0) return;
		const { begin, end } = handshakes.hello.serverName;
		words[(slot << WORD_SHIFT) + WORD.SERVER_NAME] = this.#store(slot, handshakes.hello.bytes, begin, end);
		bytes[record + BYTE.SERVER_NAME_LENGTH] = end - begin;
	}

	#appendToList(slot: number, packet: DecodedPacket, time: number, isReverse: boolean): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const count = bytes[record + BYTE.LIST_COUNT]!;
		while (this.#lists.isExhausted(count)) this.#evict(slot);
		const link = slot << WORD_SHIFT;
		const last = words[link + WORD.LIST_LAST]!;
		const now = this.#lists.append(last, count, time, packet.payloadLength, packet.tcpFlags, isReverse);
		if (last === 0) words[link + WORD.LIST_FIRST] = now;
		words[link + WORD.LIST_LAST] = now;
		bytes[record + BYTE.LIST_COUNT] = count + 1;
	}

	/** The direction's first packet with payload, and that packet only. */
	#keepPayload(
		slot: number,
		{ payloadBegin, payloadEnd }: DecodedPacket,
		captured: Uint8Array,
		isReverse: boolean,
	): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const kept = isReverse ? STATE.PAYLOAD_REVERSE : STATE.PAYLOAD;
		if (bytes[record + BYTE.STATE]! & kept) return;
		const length = Math.min(payloadEnd - payloadBegin, PAYLOAD_LIMIT);
		const chain = this.#store(slot, captured, payloadBegin, payloadBegin + length);
		words[(slot << WORD_SHIFT) + (isReverse ? WORD.PAYLOAD_REVERSE : WORD.PAYLOAD)] = chain;
		bytes[record + (isReverse ? BYTE.PAYLOAD_REVERSE_LENGTH : BYTE.PAYLOAD_LENGTH)] = length;
		bytes[record + BYTE.STATE]! |= kept;
	}

	/** Looks for hellos until a ServerHello has followed a ClientHello; a second ClientHello before it brings the name that counts. */
	#keepServerName(slot: number, { payloadBegin, payloadEnd }: DecodedPacket, captured: Uint8Array): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const state = bytes[record + BYTE.STATE]!;
		if (captured[payloadBegin] !== TLS_HANDSHAKE || state & STATE.SERVER_HELLO) return;
		const hello = readHello(captured, payloadBegin, payloadEnd, this.#name);
		if (hello === HELLO.SERVER && state & STATE.CLIENT_HELLO) bytes[record + BYTE.STATE] = state | STATE.SERVER_HELLO;
		if (hello !== HELLO.CLIENT) return;
		bytes[record + BYTE.STATE] = state | STATE.CLIENT_HELLO;
		const { begin, end } = this.#name;
		if (begin === end) return;
		this.#chains.release(words[(slot << WORD_SHIFT) + WORD.SERVER_NAME]!);
		words[(slot << WORD_SHIFT) + WORD.SERVER_NAME] = this.#store(slot, captured, begin, end);
		bytes[record + BYTE.SERVER_NAME_LENGTH] = end - begin;
	}

	#store(slot: number, source: Uint8Array, begin: number, end: number): number {
		while (this.#chains.isExhausted(end - begin)) this.#evict(slot);
		return this.#chains.store(source, begin, end);
	}

	#sweep(second: number): void {
		const slot = this.#sweepHand;
		const { used } = this.#table;
		if (slot < used) this.#endIfSilent(slot, second);
		this.#sweepHand = slot + 1 < used || slot + 1 < SWEEP_RING ? slot + 1 : 0;
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
		this.#writeExtras(slot);
		writeFlow(this.#table, slot, this.#lists, this.#chains, this.flows);
		this.#lists.release(words[link + WORD.LIST_FIRST]!);
		this.#chains.release(words[link + WORD.PAYLOAD]!);
		this.#chains.release(words[link + WORD.PAYLOAD_REVERSE]!);
		this.#chains.release(words[link + WORD.SERVER_NAME]!);
		this.#payloads?.release(slot);
		this.#handshakes?.release(slot);
		this.#table.remove(slot);
	}

	#writeExtras(slot: number): void {
		const { longPayload, longPayloadReverse } = this.flows.extras;
		if (longPayload) this.#payloads?.write(slot, false, longPayload);
		if (longPayloadReverse) this.#payloads?.write(slot, true, longPayloadReverse);
		this.#handshakes?.write(slot, this.flows);
	}
}

/** Whether the second of `time` (µs) is `second` or one before it, without a division. */
function isAtOrBefore(time: number, second: number): boolean {
	return time < (second + 1) * 1e6;
}
