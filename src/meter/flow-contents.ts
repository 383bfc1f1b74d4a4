import type { DecodedPacket } from "../capture/decoded-packet.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { ByteChains } from "./byte-chains.ts";
import { writeFlow } from "./flow-export.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";
import { Handshakes, mayBeginHello } from "./handshakes.ts";
import { LongPayloads } from "./long-payloads.ts";
import { PacketLists } from "./packet-lists.ts";
import { HELLO, readHello, ServerNamePosition } from "./reference-tls.ts";

export interface ContentOptions {
	/** First payload bytes to keep of each direction, joined over segments: columns of their own. 0 keeps none. */
	readonly payloadBytes?: number;
	/**
	 * Whether to read ClientHellos whole: over several segments for the server name, from QUIC's Initial packets, with
	 * ALPN, JA3 and JA4 in columns of their own.
	 */
	readonly handshakes?: boolean;
}

/** What `PPI_*` and `IDP_CONTENT` hold at most, and a server name. */
const LIST_LIMIT = 30;
const PAYLOAD_LIMIT = 100;
const NAME_LIMIT = 253;
const TLS_HANDSHAKE = 22;

/** Pieces of memory for a flow of the ordinary kind; a flow of the largest kind takes up to twice as much. */
const LIST_BLOCKS_PER_FLOW = 2.5;
const CHAIN_PIECES_PER_FLOW = 4;
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
	readonly #chains: ByteChains;
	readonly #hasExtras: boolean;
	readonly #payloads: LongPayloads | undefined;
	readonly #handshakes: Handshakes | undefined;
	readonly #name = new ServerNamePosition();

	constructor(table: FlowTable, options: ContentOptions) {
		const flows = table.capacity;
		this.#table = table;
		this.#lists = new PacketLists(Math.max(FEWEST_PIECES, Math.ceil(flows * LIST_BLOCKS_PER_FLOW)));
		this.#chains = new ByteChains(Math.max(FEWEST_PIECES, flows * CHAIN_PIECES_PER_FLOW));
		if (options.payloadBytes) this.#payloads = new LongPayloads(flows, options.payloadBytes);
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
		return (
			this.#lists.isExhausted ||
			this.#chains.isExhausted(PAYLOAD_LIMIT + 2 * NAME_LIMIT) ||
			(this.#payloads?.isExhausted ?? false) ||
			(this.#handshakes?.isExhausted ?? false)
		);
	}

	/** QUIC packets that were not opened because too many came at once. */
	get hellosSkipped(): number {
		return this.#handshakes?.skipped ?? 0;
	}

	/** A new flow in a slot whose record is clear. */
	begin(slot: number): void {
		this.#payloads?.begin(slot);
		this.#handshakes?.begin(slot);
	}

	/** Counts a packet. `isSecond`: it comes from the end that stands second in the flow's key. There must be room: see {@link isShort}. */
	add(slot: number, packet: DecodedPacket, captured: Uint8Array, time: number, isSecond: boolean): void {
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
			if (this.#hasExtras) this.#addExtras(slot, packet, captured, time, isReverse);
		}
	}

	/** What the reference exporter does not see: payload beyond the first packet, hellos beyond one segment. */
	#addExtras(slot: number, packet: DecodedPacket, captured: Uint8Array, time: number, isReverse: boolean): void {
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		const state = bytes[record + BYTE.STATE]!;
		const full = isReverse ? STATE.LONG_PAYLOAD_REVERSE : STATE.LONG_PAYLOAD;
		if (this.#payloads !== undefined && !(state & full)) {
			if (this.#payloads.add(slot, packet, captured, isReverse)) bytes[record + BYTE.STATE]! |= full;
		}
		const isUnderWay = (state & STATE.HELLO_UNDER_WAY) !== 0;
		if (this.#handshakes !== undefined && (isUnderWay || mayBeginHello(packet, captured))) {
			this.#keepHello(this.#handshakes, slot, packet, captured, time, isReverse);
		}
	}

	#keepHello(
		handshakes: Handshakes,
		slot: number,
		packet: DecodedPacket,
		captured: Uint8Array,
		time: number,
		isReverse: boolean,
	): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const hasName = handshakes.add(slot, packet, captured, isReverse, Math.floor(time / 1e6));
		if (handshakes.isUnderWay(slot)) bytes[record + BYTE.STATE]! |= STATE.HELLO_UNDER_WAY;
		else bytes[record + BYTE.STATE]! &= ~STATE.HELLO_UNDER_WAY;
		if (!hasName || bytes[record + BYTE.SERVER_NAME_LENGTH] !== 0) return;
		const { begin, end } = handshakes.hello.serverName;
		words[(slot << WORD_SHIFT) + WORD.SERVER_NAME] = this.#chains.store(handshakes.hello.bytes, begin, end);
		bytes[record + BYTE.SERVER_NAME_LENGTH] = end - begin;
	}

	#appendToList(slot: number, packet: DecodedPacket, time: number, isReverse: boolean): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const count = bytes[record + BYTE.LIST_COUNT]!;
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
		const chain = this.#chains.store(captured, payloadBegin, payloadBegin + length);
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
		words[(slot << WORD_SHIFT) + WORD.SERVER_NAME] = this.#chains.store(captured, begin, end);
		bytes[record + BYTE.SERVER_NAME_LENGTH] = end - begin;
	}

	/** Appends the flow to the batch that `into` builds. */
	write(slot: number, into: FlowColumnsBuilder): void {
		if (this.#hasExtras) this.#writeExtras(slot, into);
		writeFlow(this.#table, slot, this.#lists, this.#chains, into);
	}

	/** Gives back what the flow took. */
	release(slot: number): void {
		const { words } = this.#table;
		const link = slot << WORD_SHIFT;
		this.#lists.release(words[link + WORD.LIST_FIRST]!);
		this.#chains.release(words[link + WORD.PAYLOAD]!);
		this.#chains.release(words[link + WORD.PAYLOAD_REVERSE]!);
		this.#chains.release(words[link + WORD.SERVER_NAME]!);
		this.#payloads?.release(slot);
		this.#handshakes?.release(slot);
	}

	#writeExtras(slot: number, into: FlowColumnsBuilder): void {
		const { longPayload, longPayloadReverse } = into.extras;
		if (longPayload) this.#payloads?.write(slot, false, longPayload);
		if (longPayloadReverse) this.#payloads?.write(slot, true, longPayloadReverse);
		this.#handshakes?.write(slot, into);
	}
}
