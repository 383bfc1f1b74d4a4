import type { DecodedPacket } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { FlowColumnsBuilder, ListColumnBuilder } from "../flow/columns-builder.ts";
import { FirstPayloads, PAYLOAD_LIMIT, type PayloadPredicate } from "./first-payloads.ts";
import { BYTE, BYTE_SHIFT, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";
import { LongPayloads } from "./long-payloads.ts";
import type { PrefetchList } from "./prefetch-list.ts";

export interface PayloadOptions {
	/** First payload bytes to keep of each direction, joined over segments, in separate columns. 0 keeps none. */
	readonly payloadBytes?: number;
	/**
	 * Whether to keep {@link payloadBytes} of a direction, by its first payload `bytes[begin … end)`. Default: always.
	 */
	readonly isPayloadWanted?: PayloadPredicate;
}

/** Per flow, the first payload of both directions. */
const PAYLOADS_PER_FLOW = 2;
const FEWEST_PIECES = 256;

/** The payload that flows keep: the first packet's of each direction, and on request more, joined over packets. */
export class KeptPayloads {
	/** Whether more than the first packet's is kept. */
	readonly areLong: boolean;
	readonly #table: FlowTable;
	readonly #first: FirstPayloads;
	readonly #long: LongPayloads | undefined;
	readonly #isWanted: PayloadPredicate;
	readonly #prefetchList: PrefetchList;

	/** `prefetchList` is scratch memory. */
	constructor(
		table: FlowTable,
		{ payloadBytes, isPayloadWanted = () => true }: PayloadOptions,
		prefetchList: PrefetchList,
	) {
		this.#table = table;
		// One spare piece: no flow takes more, so that one is always left.
		this.#first = new FirstPayloads(Math.max(FEWEST_PIECES, table.capacity * PAYLOADS_PER_FLOW + 1));
		if (payloadBytes) this.#long = new LongPayloads(table.capacity, payloadBytes);
		this.areLong = this.#long !== undefined;
		this.#isWanted = isPayloadWanted;
		this.#prefetchList = prefetchList;
	}

	/** Whether memory for one more packet may be missing. */
	get isExhausted(): boolean {
		return this.#first.isExhausted || (this.#long?.isExhausted ?? false);
	}

	/** Initialises a flow in a slot whose record is clear. */
	begin(slot: number): void {
		if (!this.areLong) this.#table.bytes[(slot << BYTE_SHIFT) + BYTE.STATE]! |= STATE.LONG_PAYLOADS;
	}

	/** Adds a packet with payload; returns whether the flow keeps more than before. */
	add(slot: number, packet: DecodedPacket, captured: Uint8Array, reverse: number): boolean {
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		const isFirst = !(bytes[record + BYTE.STATE]! & (STATE.PAYLOAD << reverse));
		if (isFirst) this.#addFirst(slot, packet, captured, reverse);
		const full = STATE.LONG_PAYLOAD << reverse;
		if (this.#long === undefined || bytes[record + BYTE.STATE]! & full) return isFirst;
		const piece = this.#longPieceOf(this.#long, slot, reverse);
		const before = this.#long.lengthOf(piece);
		if (!isFirst) this.#keepFirst(slot, piece, packet, reverse);
		if (this.#long.add(piece, packet, captured)) bytes[record + BYTE.STATE]! |= full;
		return isFirst || this.#long.lengthOf(piece) > before;
	}

	/** Copies the first packet's payload to memory of its own before a late segment is inserted in front of it. */
	#keepFirst(slot: number, piece: number, packet: DecodedPacket, reverse: number): void {
		const { bytes, words } = this.#table;
		const own = (slot << WORD_SHIFT) + WORD.PAYLOAD + reverse;
		if (packet.protocol !== PROTOCOL.TCP || words[own] !== 0 || !this.#long!.isLate(piece, packet)) return;
		const length = bytes[(slot << BYTE_SHIFT) + BYTE.PAYLOAD_LENGTH + reverse]!;
		words[own] = this.#first.store(this.#long!.frontOf(piece, length), 0, length);
	}

	/** Whether the kept payload of a direction satisfies the predicate. */
	satisfies(slot: number, reverse: number, predicate: PayloadPredicate): boolean {
		const { bytes, words } = this.#table;
		const link = slot << WORD_SHIFT;
		const long = words[link + WORD.LONG_PAYLOAD + reverse]!;
		if (long !== 0) return this.#long!.satisfies(long, predicate);
		const length = bytes[(slot << BYTE_SHIFT) + BYTE.PAYLOAD_LENGTH + reverse]!;
		return this.#first.satisfies(words[link + WORD.PAYLOAD + reverse]!, length, predicate);
	}

	#longPieceOf(long: LongPayloads, slot: number, reverse: number): number {
		const { words } = this.#table;
		const link = (slot << WORD_SHIFT) + WORD.LONG_PAYLOAD + reverse;
		if (words[link] === 0) words[link] = long.begin();
		return words[link]!;
	}

	/**
	 * The payload of the direction's first packet with payload only. It has no memory of its own if a long payload begins
	 * with it.
	 */
	#addFirst(slot: number, { payloadBegin, payloadEnd }: DecodedPacket, captured: Uint8Array, reverse: number): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const length = Math.min(payloadEnd - payloadBegin, PAYLOAD_LIMIT);
		bytes[record + BYTE.PAYLOAD_LENGTH + reverse] = length;
		bytes[record + BYTE.STATE]! |= STATE.PAYLOAD << reverse;
		const isLongWanted = this.areLong && this.#isWanted(captured, payloadBegin, payloadEnd);
		if (this.areLong && !isLongWanted) bytes[record + BYTE.STATE]! |= STATE.LONG_PAYLOAD << reverse;
		if (!isLongWanted || length > this.#long!.limit)
			words[(slot << WORD_SHIFT) + WORD.PAYLOAD + reverse] = this.#first.store(captured, payloadBegin, length);
	}

	/**
	 * Prefetches the memory that {@link write} reads of the flows in `slots[0 … count)`, whose records are already in the
	 * cache.
	 */
	fetch(slots: Int32Array, count: number): void {
		const prefetchList = this.#prefetchList;
		this.#first.fetch(prefetchList.values, prefetchList.chains(WORD.PAYLOAD, slots, count));
		this.#first.fetch(prefetchList.values, prefetchList.chains(WORD.PAYLOAD_REVERSE, slots, count));
		this.#long?.fetch(prefetchList.values, prefetchList.chains(WORD.LONG_PAYLOAD, slots, count));
		this.#long?.fetch(prefetchList.values, prefetchList.chains(WORD.LONG_PAYLOAD_REVERSE, slots, count));
	}

	/** Appends the flow's payload to the flow that `into` is building. */
	write(slot: number, into: FlowColumnsBuilder): void {
		this.#writeDirection(slot, 0, into.payload, into.extras.longPayload);
		this.#writeDirection(slot, 1, into.payloadReverse, into.extras.longPayloadReverse);
	}

	#writeDirection(
		slot: number,
		reverse: number,
		first: ListColumnBuilder<Uint8Array>,
		long: ListColumnBuilder<Uint8Array> | undefined,
	): void {
		const { bytes, words } = this.#table;
		const link = slot << WORD_SHIFT;
		const length = bytes[(slot << BYTE_SHIFT) + BYTE.PAYLOAD_LENGTH + reverse]!;
		const piece = words[link + WORD.PAYLOAD + reverse]!;
		const longPiece = words[link + WORD.LONG_PAYLOAD + reverse]!;
		if (piece !== 0) this.#first.write(piece, length, reverse, first);
		if (longPiece === 0) return;
		if (piece === 0) this.#long!.writeFront(longPiece, length, reverse, first);
		if (long !== undefined) this.#long!.write(longPiece, long);
	}

	/** Frees the memory of the flow. */
	release(slot: number): void {
		const { words } = this.#table;
		const link = slot << WORD_SHIFT;
		this.#first.release(words[link + WORD.PAYLOAD]!);
		this.#first.release(words[link + WORD.PAYLOAD_REVERSE]!);
		this.#long?.release(words[link + WORD.LONG_PAYLOAD]!);
		this.#long?.release(words[link + WORD.LONG_PAYLOAD_REVERSE]!);
	}
}
