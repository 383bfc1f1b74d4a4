import type { DecodedPacket } from "../capture/decoded-packet.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { MAXIMUM_HELLO } from "../tls/client-hello.ts";
import { ByteChains } from "./byte-chains.ts";
import { BYTE, BYTE_SHIFT, EXTRA, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";
import { Handshakes, mayBeginHello } from "./handshakes.ts";
import type { PrefetchList } from "./prefetch-list.ts";
import { HELLO, readHello, ServerNamePosition, TLS_HANDSHAKE } from "./reference-tls.ts";

/** Bytes of a long name. */
const PIECES_PER_FLOW = 2;
const FEWEST_PIECES = 256;
/** Most bytes of a server name. */
const NAME_LIMIT = 253;

/**
 * The hello data that flows keep: the server name that the reference exporter finds, and on request the results of
 * `src/tls` for hellos of any length.
 */
export class KeptHellos {
	readonly #table: FlowTable;
	readonly #names: ByteChains;
	readonly #handshakes: Handshakes | undefined;
	readonly #name = new ServerNamePosition();
	readonly #prefetchList: PrefetchList;

	/** `prefetchList` is scratch memory. */
	constructor(table: FlowTable, areReadWhole: boolean, prefetchList: PrefetchList) {
		this.#table = table;
		this.#names = new ByteChains(Math.max(FEWEST_PIECES, table.capacity * PIECES_PER_FLOW));
		if (areReadWhole) this.#handshakes = new Handshakes(table.capacity);
		this.#prefetchList = prefetchList;
	}

	/** Whether memory for one more packet may be missing. */
	get isExhausted(): boolean {
		return this.#names.isExhausted(2 * NAME_LIMIT) || (this.#handshakes?.isExhausted ?? false);
	}

	/** Number of QUIC packets not decrypted because too many came at once. */
	get skipped(): number {
		return this.#handshakes?.skipped ?? 0;
	}

	/** The source's SYN has the sequence number of its first byte, which may not be the first to arrive. */
	noteSyn(slot: number, { tcpSequence }: DecodedPacket): void {
		this.#table.words[(slot << WORD_SHIFT) + WORD.FIRST_SEQUENCE] = (tcpSequence + 1) | 0;
		this.#table.bytes[(slot << BYTE_SHIFT) + BYTE.EXTRAS]! |= EXTRA.SYN;
	}

	/** Adds a packet with payload; its time in µs. `isFirst`: whether it is the first one of its direction. */
	add(
		slot: number,
		packet: DecodedPacket,
		captured: Uint8Array,
		time: number,
		reverse: number,
		isFirst: boolean,
	): void {
		this.#addServerName(slot, packet, captured);
		if (this.#handshakes === undefined) return;
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		if (!(bytes[record + BYTE.STATE]! & STATE.HELLO_UNDER_WAY) && !mayBeginHello(packet, captured)) {
			if (!isFirst || reverse === 1 || !this.#isAhead(slot, packet)) return;
			this.#handshakes.expect(slot, this.#table.words[(slot << WORD_SHIFT) + WORD.FIRST_SEQUENCE]!);
		}
		bytes[record + BYTE.EXTRAS]! |= EXTRA.HANDSHAKE;
		this.#addHello(this.#handshakes, slot, packet, captured, reverse === 1, Math.floor(time / 1e6));
	}

	/** Whether the source's first segment to arrive is not its first, but close to it. */
	#isAhead(slot: number, { tcpSequence }: DecodedPacket): boolean {
		if (!(this.#table.bytes[(slot << BYTE_SHIFT) + BYTE.EXTRAS]! & EXTRA.SYN)) return false;
		const ahead = (tcpSequence - this.#table.words[(slot << WORD_SHIFT) + WORD.FIRST_SEQUENCE]!) | 0;
		return ahead > 0 && ahead < MAXIMUM_HELLO;
	}

	/**
	 * Looks for hellos until a ServerHello has followed a ClientHello; a second ClientHello before it replaces the name.
	 */
	#addServerName(slot: number, { payloadBegin, payloadEnd }: DecodedPacket, captured: Uint8Array): void {
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
		this.#storeName(slot, captured, begin, end);
	}

	#addHello(
		handshakes: Handshakes,
		slot: number,
		packet: DecodedPacket,
		captured: Uint8Array,
		isReverse: boolean,
		second: number,
	): void {
		const { bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		const hasName = handshakes.add(slot, packet, captured, isReverse, second);
		if (handshakes.isUnderWay(slot)) bytes[record + BYTE.STATE]! |= STATE.HELLO_UNDER_WAY;
		else bytes[record + BYTE.STATE]! &= ~STATE.HELLO_UNDER_WAY;
		if (!hasName || bytes[record + BYTE.SERVER_NAME_LENGTH] !== 0) return;
		const { begin, end } = handshakes.hello.serverName;
		this.#storeName(slot, handshakes.hello.bytes, begin, end);
	}

	#storeName(slot: number, bytes: Uint8Array, begin: number, end: number): void {
		this.#table.words[(slot << WORD_SHIFT) + WORD.SERVER_NAME] = this.#names.store(bytes, begin, end);
		this.#table.bytes[(slot << BYTE_SHIFT) + BYTE.SERVER_NAME_LENGTH] = end - begin;
	}

	/**
	 * Prefetches the memory that {@link write} reads of the flows in `slots[0 … count)`, whose records are already in the
	 * cache.
	 */
	fetch(slots: Int32Array, count: number): void {
		const prefetchList = this.#prefetchList;
		this.#names.fetch(prefetchList.values, prefetchList.chains(WORD.SERVER_NAME, slots, count));
		this.#handshakes?.fetch(prefetchList.values, prefetchList.having(EXTRA.HANDSHAKE, slots, count));
	}

	/** Appends the flow's data to the flow that `into` is building. */
	write(slot: number, into: FlowColumnsBuilder): void {
		const { bytes, words } = this.#table;
		const record = slot << BYTE_SHIFT;
		const length = bytes[record + BYTE.SERVER_NAME_LENGTH]!;
		this.#names.write(words[(slot << WORD_SHIFT) + WORD.SERVER_NAME]!, length, into.serverName);
		if (bytes[record + BYTE.EXTRAS]! & EXTRA.HANDSHAKE) this.#handshakes!.write(slot, into);
	}

	/** Frees the memory of the flow. */
	release(slot: number): void {
		this.#names.release(this.#table.words[(slot << WORD_SHIFT) + WORD.SERVER_NAME]!);
		if (this.#table.bytes[(slot << BYTE_SHIFT) + BYTE.EXTRAS]! & EXTRA.HANDSHAKE) this.#handshakes!.release(slot);
	}
}
