import type { DecodedPacket } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { ByteChains } from "./byte-chains.ts";
import { FirstPayloads, PAYLOAD_LIMIT } from "./first-payloads.ts";
import { writeFlow } from "./flow-export.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, EXTRA, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import { FLOWS_AT_ONCE, type FlowTable } from "./flow-table.ts";
import { Handshakes, mayBeginHello } from "./handshakes.ts";
import { LongPayloads } from "./long-payloads.ts";
import { PacketLists } from "./packet-lists.ts";
import { HELLO, readHello, ServerNamePosition } from "./reference-tls.ts";

export interface ContentOptions {
	/** First payload bytes to keep of each direction, joined over segments: columns of their own. 0 keeps none. */
	readonly payloadBytes?: number;
	/** Whether a direction is worth {@link payloadBytes}, told by its first payload `bytes[begin … end)`. By default each is. */
	readonly isPayloadWanted?: (bytes: Uint8Array, begin: number, end: number) => boolean;
	/**
	 * Whether to read ClientHellos whole: over several segments for the server name, from QUIC's Initial packets, with
	 * ALPN, JA3 and JA4 in columns of their own.
	 */
	readonly handshakes?: boolean;
}

/** What `PPI_*` holds at most, and a server name. */
const LIST_LIMIT = 30;
const NAME_LIMIT = 253;
const TLS_HANDSHAKE = 22;
/** RFC 9000, 17.2: the first byte's two highest bits. */
const QUIC_LONG_HEADER = 0xc0;

/** Pieces of memory for a flow: half of what the longest packet list takes, both directions' first payloads, a long name. */
const LIST_BLOCKS_PER_FLOW = 3;
const PAYLOADS_PER_FLOW = 2;
const NAME_PIECES_PER_FLOW = 2;
const FEWEST_PIECES = 256;

const PAYLOAD_EXTRAS = ["longPayload", "longPayloadReverse"] as const;
const HANDSHAKE_EXTRAS = ["alpn", "quicServerName", "quicAlpn", "ja3", "ja4"] as const;

/**
 * What the flows of a table hold: counters in their records, packet lists, payload and names in slabs of a fixed size
 * from which each takes as it needs. It knows nothing of when a flow begins and ends.
 */
export class FlowContents {
	readonly #table: FlowTable;
	readonly #lists: PacketLists;
	readonly #firstPayloads: FirstPayloads;
	readonly #names: ByteChains;
	readonly #hasExtras: boolean;
	readonly #payloads: LongPayloads | undefined;
	readonly #isPayloadWanted: (bytes: Uint8Array, begin: number, end: number) => boolean;
	readonly #handshakes: Handshakes | undefined;
	readonly #name = new ServerNamePosition();
	/** What is fetched of the flows at hand: beginnings of chains, or slots. */
	readonly #sought = new Int32Array(2 * FLOWS_AT_ONCE);
	#isShort = false;

	constructor(table: FlowTable, options: ContentOptions) {
		const flows = table.capacity;
		this.#table = table;
		this.#lists = new PacketLists(Math.max(FEWEST_PIECES, flows * LIST_BLOCKS_PER_FLOW));
		// With one to spare there is always one left: no flow takes more.
		this.#firstPayloads = new FirstPayloads(Math.max(FEWEST_PIECES, flows * PAYLOADS_PER_FLOW + 1));
		this.#names = new ByteChains(Math.max(FEWEST_PIECES, flows * NAME_PIECES_PER_FLOW));
		if (options.payloadBytes) this.#payloads = new LongPayloads(flows, options.payloadBytes);
		this.#isPayloadWanted = options.isPayloadWanted ?? (() => true);
		if (options.handshakes) this.#handshakes = new Handshakes(flows);
		this.#hasExtras = this.#payloads !== undefined || this.#handshakes !== undefined;
	}

	/** A builder with the columns that {@link write} fills. */
	createBuilder(vlan: boolean): FlowColumnsBuilder {
		const extras = [...(this.#payloads ? PAYLOAD_EXTRAS : []), ...(this.#handshakes ? HANDSHAKE_EXTRAS : [])];
		return new FlowColumnsBuilder({ extras, vlan });
	}

	/** Whether one more packet might not find room: then a flow must be released first. */
	get isShort(): boolean {
		return this.#isShort;
	}

	/** QUIC packets that were not opened because too many came at once. */
	get hellosSkipped(): number {
		return this.#handshakes?.skipped ?? 0;
	}

	/** A new flow in a slot whose record is clear. */
	begin(slot: number): void {
		if (this.#payloads === undefined) this.#table.bytes[(slot << BYTE_SHIFT) + BYTE.STATE]! |= NO_LONG_PAYLOAD;
	}

	/** Counts packet `i` of those whose keys are in the table. There must be room: see {@link isShort}. */
	add(slot: number, packet: DecodedPacket, captured: Uint8Array, times: Float64Array, i: number): void {
		const { keys, bytes, doubles, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const state = bytes[record + BYTE.STATE]!;
		const reverse = keys.areSecond[i]! ^ (state & STATE.SOURCE_SECOND);
		doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST] = times[i]!;
		doubles[(slot << DOUBLE_SHIFT) + DOUBLE.BYTES + reverse]! += packet.ipLength;
		words[(slot << WORD_SHIFT) + WORD.PACKETS + reverse]! += 1;
		bytes[record + BYTE.FLAGS + reverse]! |= packet.tcpFlags;
		if (packet.payloadLength > 0) this.#appendToList(slot, packet, times, i, reverse);
		if (packet.payloadEnd > packet.payloadBegin && isTelling(state, packet, captured, reverse)) {
			this.#keep(slot, packet, captured, times[i]!, reverse);
		}
	}

	#appendToList(slot: number, packet: DecodedPacket, times: Float64Array, i: number, reverse: number): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const count = bytes[record + BYTE.LIST_COUNT]!;
		if (count === LIST_LIMIT) return;
		if (this.#lists.isFull(count)) this.#extendList(slot);
		const block = words[(slot << WORD_SHIFT) + WORD.LIST_LAST]!;
		this.#lists.append(block, count, times[i]!, packet.payloadLength, packet.tcpFlags, reverse);
		bytes[record + BYTE.LIST_COUNT] = count + 1;
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

	/** What few packets bring: first payload, names, hellos. */
	#keep(slot: number, packet: DecodedPacket, captured: Uint8Array, time: number, reverse: number): void {
		this.#keepPayload(slot, packet, captured, reverse);
		this.#keepServerName(slot, packet, captured);
		if (this.#hasExtras) this.#keepExtras(slot, packet, captured, time, reverse);
		this.#measureRoom();
	}

	#measureRoom(): void {
		this.#isShort =
			this.#lists.isExhausted ||
			this.#firstPayloads.isExhausted ||
			this.#names.isExhausted(2 * NAME_LIMIT) ||
			(this.#payloads?.isExhausted ?? false) ||
			(this.#handshakes?.isExhausted ?? false);
	}

	/** What the reference exporter does not see: payload beyond the first packet, hellos beyond one segment. */
	#keepExtras(slot: number, packet: DecodedPacket, captured: Uint8Array, time: number, reverse: number): void {
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		const state = bytes[record + BYTE.STATE]!;
		const full = STATE.LONG_PAYLOAD << reverse;
		if (this.#payloads !== undefined && !(state & full)) {
			bytes[record + BYTE.EXTRAS]! |= EXTRA.LONG_PAYLOAD;
			if (this.#payloads.add(slot, packet, captured, reverse)) bytes[record + BYTE.STATE]! |= full;
		}
		const isUnderWay = (state & STATE.HELLO_UNDER_WAY) !== 0;
		if (this.#handshakes !== undefined && (isUnderWay || mayBeginHello(packet, captured))) {
			bytes[record + BYTE.EXTRAS]! |= EXTRA.HANDSHAKE;
			this.#keepHello(this.#handshakes, slot, packet, captured, reverse === 1, Math.floor(time / 1e6));
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
		const hasName = handshakes.add(slot, packet, captured, isReverse, second);
		if (handshakes.isUnderWay(slot)) bytes[record + BYTE.STATE]! |= STATE.HELLO_UNDER_WAY;
		else bytes[record + BYTE.STATE]! &= ~STATE.HELLO_UNDER_WAY;
		if (!hasName || bytes[record + BYTE.SERVER_NAME_LENGTH] !== 0) return;
		const { begin, end } = handshakes.hello.serverName;
		words[(slot << WORD_SHIFT) + WORD.SERVER_NAME] = this.#names.store(handshakes.hello.bytes, begin, end);
		bytes[record + BYTE.SERVER_NAME_LENGTH] = end - begin;
	}

	/** The direction's first packet with payload, and that packet only. */
	#keepPayload(slot: number, { payloadBegin, payloadEnd }: DecodedPacket, captured: Uint8Array, reverse: number): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const kept = STATE.PAYLOAD << reverse;
		if (bytes[record + BYTE.STATE]! & kept) return;
		const length = Math.min(payloadEnd - payloadBegin, PAYLOAD_LIMIT);
		words[(slot << WORD_SHIFT) + WORD.PAYLOAD + reverse] = this.#firstPayloads.store(captured, payloadBegin, length);
		bytes[record + BYTE.PAYLOAD_LENGTH + reverse] = length;
		bytes[record + BYTE.STATE]! |= kept;
		if (this.#payloads !== undefined && !this.#isPayloadWanted(captured, payloadBegin, payloadEnd))
			bytes[record + BYTE.STATE]! |= STATE.LONG_PAYLOAD << reverse;
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
		this.#names.release(words[(slot << WORD_SHIFT) + WORD.SERVER_NAME]!);
		words[(slot << WORD_SHIFT) + WORD.SERVER_NAME] = this.#names.store(captured, begin, end);
		bytes[record + BYTE.SERVER_NAME_LENGTH] = end - begin;
	}

	/** Has the memory fetched that {@link write} reads of the flows in `slots[0 … count)`, whose records are at hand. */
	fetch(slots: Int32Array, count: number): void {
		const sought = this.#sought;
		this.#lists.fetch(sought, this.#collect(WORD.LIST_FIRST, slots, count, 0));
		const payloads = this.#collect(WORD.PAYLOAD, slots, count, 0);
		this.#firstPayloads.fetch(sought, this.#collect(WORD.PAYLOAD_REVERSE, slots, count, payloads));
		this.#names.fetch(sought, this.#collect(WORD.SERVER_NAME, slots, count, 0));
		this.#payloads?.fetch(sought, this.#having(EXTRA.LONG_PAYLOAD, slots, count));
		this.#handshakes?.fetch(sought, this.#having(EXTRA.HANDSHAKE, slots, count));
	}

	/** Seeks those of the slots whose flows have the extra; gives how many they are. */
	#having(extra: number, slots: Int32Array, count: number): number {
		const { bytes } = this.#table;
		let end = 0;
		for (let i = 0; i < count; i++) {
			this.#sought[end] = slots[i]!;
			if (bytes[(slots[i]! << BYTE_SHIFT) + BYTE.EXTRAS]! & extra) end++;
		}
		return end;
	}

	/** Puts behind the first `length` that are sought the chains that `word` of each record begins; gives how many there are then. */
	#collect(word: number, slots: Int32Array, count: number, length: number): number {
		const { words } = this.#table;
		const sought = this.#sought;
		let end = length;
		for (let i = 0; i < count; i++) {
			const first = words[(slots[i]! << WORD_SHIFT) + word]!;
			sought[end] = first;
			if (first !== 0) end++;
		}
		return end;
	}

	/** Appends the flow to the batch that `into` builds. */
	write(slot: number, into: FlowColumnsBuilder): void {
		if (this.#hasExtras) this.#writeExtras(slot, into);
		writeFlow(this.#table, slot, this.#lists, this.#firstPayloads, this.#names, into);
	}

	/** Gives back what the flow took. */
	release(slot: number): void {
		const { bytes, words } = this.#table;
		const link = slot << WORD_SHIFT;
		const extras = bytes[(slot << BYTE_SHIFT) + BYTE.EXTRAS]!;
		this.#lists.release(words[link + WORD.LIST_FIRST]!);
		this.#firstPayloads.release(words[link + WORD.PAYLOAD]!);
		this.#firstPayloads.release(words[link + WORD.PAYLOAD_REVERSE]!);
		this.#names.release(words[link + WORD.SERVER_NAME]!);
		if (extras & EXTRA.LONG_PAYLOAD) this.#payloads!.release(slot);
		if (extras & EXTRA.HANDSHAKE) this.#handshakes!.release(slot);
		if (this.#isShort) this.#measureRoom();
	}

	#writeExtras(slot: number, into: FlowColumnsBuilder): void {
		const extras = this.#table.bytes[(slot << BYTE_SHIFT) + BYTE.EXTRAS]!;
		if (extras & EXTRA.LONG_PAYLOAD) this.#payloads!.write(slot, into);
		if (extras & EXTRA.HANDSHAKE) this.#handshakes!.write(slot, into);
	}
}

const NO_LONG_PAYLOAD = STATE.LONG_PAYLOAD | (STATE.LONG_PAYLOAD << 1);
const WANTED = STATE.PAYLOAD | STATE.LONG_PAYLOAD;

/** Whether anything of a packet's payload may have to be kept: its direction's first bytes, or a hello. For most it is not. */
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
