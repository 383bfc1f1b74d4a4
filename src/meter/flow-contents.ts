import type { DecodedPacket } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import { type BuilderOptions, FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { PayloadPredicate } from "./first-payloads.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, EXTRA, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";
import { KeptHellos } from "./kept-hellos.ts";
import { KeptPayloads, type PayloadOptions } from "./kept-payloads.ts";
import { PacketLists } from "./packet-lists.ts";
import { PrefetchList } from "./prefetch-list.ts";
import { PushTimes } from "./push-times.ts";
import { writeCounters } from "./record-export.ts";
import { TLS_HANDSHAKE } from "./reference-tls.ts";
import { DNS_PORT, ResolvedNames } from "./resolved-names.ts";

export interface ContentOptions extends PayloadOptions {
	/**
	 * Whether to read complete ClientHellos: over several segments for the server name, from QUIC's Initial packets, with
	 * ALPN, JA3 and JA4 in separate columns.
	 */
	readonly handshakes?: boolean;
	/**
	 * Reports flows before their end, for live traffic: once when a direction's payload, as far as it is kept, satisfies
	 * the predicate, and once when the packet list is complete and both directions have at least 8 packets.
	 */
	readonly early?: PayloadPredicate;
	/** Whether to keep the times of unrequested data of servers: the newest pushes of a connection, across its slices. */
	readonly pushTimes?: boolean;
	/** Whether to read DNS answers, and to name each flow by the name that its client had resolved to its server. */
	readonly resolvedNames?: boolean;
}

/** Most packets of `PPI_*`. */
const LIST_LIMIT = 30;
/** Packets that each direction needs before a flow is judged by its packet list. */
const FEWEST_EACH_WAY = 8;
/** Half of the memory of the longest packet list. */
const LIST_BLOCKS_PER_FLOW = 3;
const FEWEST_BLOCKS = 256;
const SYN = 0x02;
/** RFC 9000, 17.2: the first byte's two highest bits. */
const QUIC_LONG_HEADER = 0xc0;

const PAYLOAD_EXTRAS = ["longPayload", "longPayloadReverse"] as const;
const NAME_EXTRAS = ["resolvedName"] as const;
const HANDSHAKE_EXTRAS = ["alpn", "quicServerName", "quicAlpn", "ja3", "ja4"] as const;

/**
 * The contents of the flows of a table: counters in their records; packet lists, payload and names in slabs of a fixed
 * size from which each flow allocates on demand. It does not decide when a flow begins or ends.
 */
export class FlowContents {
	readonly #table: FlowTable;
	readonly #lists: PacketLists;
	readonly #payloads: KeptPayloads;
	readonly #hellos: KeptHellos;
	readonly #areHellosReadWhole: boolean;
	readonly #prefetchList: PrefetchList;
	/** Defined if the options request them. */
	readonly names: ResolvedNames | undefined;
	readonly pushes: PushTimes | undefined;
	readonly #early: PayloadPredicate | undefined;
	/** Whether the flow of the last packet is to be reported early. The caller that reports it clears this. */
	isEarlyDue = false;
	#isShort = false;

	constructor(table: FlowTable, options: ContentOptions) {
		this.#early = options.early;
		if (options.resolvedNames) this.names = new ResolvedNames(table);
		if (options.pushTimes) this.pushes = new PushTimes(table.capacity);
		this.#table = table;
		this.#areHellosReadWhole = options.handshakes ?? false;
		this.#lists = new PacketLists(Math.max(FEWEST_BLOCKS, table.capacity * LIST_BLOCKS_PER_FLOW));
		this.#prefetchList = new PrefetchList(table);
		this.#payloads = new KeptPayloads(table, options, this.#prefetchList);
		this.#hellos = new KeptHellos(table, this.#areHellosReadWhole, this.#prefetchList);
	}

	/** A builder with the columns of {@link write}. */
	createBuilder(options: BuilderOptions): FlowColumnsBuilder {
		const payloads = this.#payloads.areLong ? PAYLOAD_EXTRAS : [];
		const handshakes = this.#areHellosReadWhole ? HANDSHAKE_EXTRAS : [];
		const names = this.names ? NAME_EXTRAS : [];
		const extras = [...payloads, ...handshakes, ...names];
		return new FlowColumnsBuilder({ ...options, extras, pushTimes: this.pushes !== undefined });
	}

	/** Whether memory for one more packet may be missing: then a flow must be released first. */
	get isShort(): boolean {
		return this.#isShort;
	}

	/** Number of QUIC packets not decrypted because too many came at once. */
	get hellosSkipped(): number {
		return this.#hellos.skipped;
	}

	/** Initialises a flow in a slot whose record is clear. */
	begin(slot: number): void {
		this.#payloads.begin(slot);
	}

	/** Counts packet `i` of those whose keys are in the table. Memory must be free: see {@link isShort}. */
	add(slot: number, packet: DecodedPacket, captured: Uint8Array, times: Float64Array, i: number): void {
		const { keys, bytes, doubles, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const state = bytes[record + BYTE.STATE]!;
		const reverse = keys.areSecond[i]! ^ (state & STATE.SOURCE_SECOND);
		doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST] = times[i]!;
		doubles[(slot << DOUBLE_SHIFT) + DOUBLE.BYTES + reverse]! += packet.ipLength;
		words[(slot << WORD_SHIFT) + WORD.PACKETS + reverse]! += 1;
		bytes[record + BYTE.FLAGS + reverse]! |= packet.tcpFlags;
		if (packet.tcpFlags & SYN && reverse === 0) this.#hellos.noteSyn(slot, packet);
		if (packet.payloadLength > 0) {
			this.#appendToList(slot, packet, times, i, reverse);
			if (this.pushes !== undefined) this.#watchForPush(this.pushes, slot, keys.areSecond[i]!, times[i]!);
		}
		if (packet.payloadEnd > packet.payloadBegin && isTelling(state, packet, captured, reverse)) {
			const hasGrown = this.#payloads.add(slot, packet, captured, reverse);
			if (hasGrown && this.#early !== undefined) this.#lookAtPayload(slot, reverse, this.#early);
			const isFirst = (state & (STATE.PAYLOAD << reverse)) === 0;
			this.#hellos.add(slot, packet, captured, times[i]!, reverse, isFirst);
			this.#measureRoom();
		}
		if (packet.sourcePort === DNS_PORT) this.names?.learn(packet, captured, times[i]!);
	}

	#appendToList(slot: number, packet: DecodedPacket, times: Float64Array, i: number, reverse: number): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const count = bytes[record + BYTE.LIST_COUNT]!;
		if (count === LIST_LIMIT) {
			if (this.#early !== undefined) this.#lookAtList(slot);
			return;
		}
		if (this.#lists.isFull(count)) this.#extendList(slot);
		const block = words[(slot << WORD_SHIFT) + WORD.LIST_LAST]!;
		this.#lists.append(block, count, times[i]!, packet.payloadLength, packet.tcpFlags, reverse);
		bytes[record + BYTE.LIST_COUNT] = count + 1;
		if (count + 1 === LIST_LIMIT && this.#early !== undefined) this.#lookAtList(slot);
	}

	#watchForPush(pushes: PushTimes, slot: number, isSecond: number, time: number): void {
		const { bytes, words, doubles } = this.#table;
		const at = (slot << WORD_SHIFT) + WORD.PUSHES;
		const begin = doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_FIRST]!;
		const isServer = ((bytes[(slot << BYTE_SHIFT) + BYTE.EXTRAS]! & EXTRA.SERVER_SECOND) !== 0) === (isSecond === 1);
		const word = words[at]!;
		words[at] = isServer ? pushes.afterServer(word, begin, time) : pushes.afterClient(word, begin, time);
	}

	#lookAtPayload(slot: number, reverse: number, isTelling: PayloadPredicate): void {
		const { bytes } = this.#table;
		const extras = (slot << BYTE_SHIFT) + BYTE.EXTRAS;
		if (bytes[extras]! & EXTRA.EARLY_PAYLOAD || !this.#payloads.satisfies(slot, reverse, isTelling)) return;
		bytes[extras]! |= EXTRA.EARLY_PAYLOAD;
		this.isEarlyDue = true;
	}

	#lookAtList(slot: number): void {
		const { bytes, words } = this.#table;
		const extras = (slot << BYTE_SHIFT) + BYTE.EXTRAS;
		const packets = (slot << WORD_SHIFT) + WORD.PACKETS;
		if (bytes[extras]! & EXTRA.EARLY_LIST) return;
		if (words[packets]! < FEWEST_EACH_WAY || words[packets + 1]! < FEWEST_EACH_WAY) return;
		bytes[extras]! |= EXTRA.EARLY_LIST;
		this.isEarlyDue = true;
	}

	#extendList(slot: number): void {
		const { words } = this.#table;
		const link = slot << WORD_SHIFT;
		const last = words[link + WORD.LIST_LAST]!;
		const block = this.#lists.extend(last);
		if (last === 0) words[link + WORD.LIST_FIRST] = block;
		words[link + WORD.LIST_LAST] = block;
		this.#measureRoom();
	}

	#measureRoom(): void {
		this.#isShort = this.#lists.isExhausted || this.#payloads.isExhausted || this.#hellos.isExhausted;
	}

	/**
	 * Prefetches the memory that {@link write} reads of the flows in `slots[0 … count)`, whose records are already in the
	 * cache.
	 */
	fetch(slots: Int32Array, count: number): void {
		this.#lists.fetch(this.#prefetchList.values, this.#prefetchList.chains(WORD.LIST_FIRST, slots, count));
		this.#payloads.fetch(slots, count);
		this.#hellos.fetch(slots, count);
	}

	/** Appends the flow to the batch that `into` builds. */
	write(slot: number, into: FlowColumnsBuilder): void {
		const { bytes, words } = this.#table;
		writeCounters(this.#table, slot, into);
		this.#lists.write(
			words[(slot << WORD_SHIFT) + WORD.LIST_FIRST]!,
			bytes[(slot << BYTE_SHIFT) + BYTE.LIST_COUNT]!,
			into,
		);
		this.#payloads.write(slot, into);
		this.#hellos.write(slot, into);
		this.pushes?.write(words[(slot << WORD_SHIFT) + WORD.PUSHES]!, into.pushTimes!);
		this.names?.write(slot, into);
		into.endFlow();
	}

	/** Frees the memory of the flow. */
	release(slot: number): void {
		this.#lists.release(this.#table.words[(slot << WORD_SHIFT) + WORD.LIST_FIRST]!);
		this.#payloads.release(slot);
		this.#hellos.release(slot);
		this.pushes?.release(this.#table.words[(slot << WORD_SHIFT) + WORD.PUSHES]!);
		if (this.#isShort) this.#measureRoom();
	}
}

const WANTED = STATE.PAYLOAD | STATE.LONG_PAYLOAD;

/**
 * Whether anything of a packet's payload may be kept: its direction's first bytes, or a hello. False for most packets.
 */
function isTelling(
	state: number,
	{ protocol, payloadBegin }: DecodedPacket,
	captured: Uint8Array,
	reverse: number,
): boolean {
	if (((state >> reverse) & WANTED) !== WANTED || state & STATE.HELLO_UNDER_WAY) return true;
	const first = captured[payloadBegin]!;
	return first === TLS_HANDSHAKE || (first >= QUIC_LONG_HEADER && protocol === PROTOCOL.UDP);
}
