import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import { ByteChains } from "./byte-chains.ts";

/** Words kept for a slot: for each direction chain, length, the sequence number expected next, and whether it is known. */
const WORDS = 8;
const DIRECTION_WORDS = 4;
const CHAIN = 0;
const LENGTH = 1;
const NEXT_SEQUENCE = 2;
const IS_SEQUENCE_KNOWN = 3;

const SYN = 0x02;
/** Pieces for a slot: enough for flows whose first messages fill a limit of a few hundred bytes. */
const PIECES_PER_SLOT = 8;

/**
 * The first payload bytes of each direction, joined over packets. TCP segments are placed by sequence number: what was
 * seen before is left out (retransmissions, keep-alives), and where a segment is missing the next one follows directly.
 */
export class LongPayloads {
	readonly limit: number;
	readonly #state: Int32Array;
	readonly #chains: ByteChains;

	/** `limit`: bytes kept of a direction. */
	constructor(slots: number, limit: number) {
		this.limit = limit;
		this.#state = new Int32Array(slots * WORDS);
		this.#chains = new ByteChains(Math.max(slots * PIECES_PER_SLOT, limit));
	}

	/** Whether one more packet might not find room. */
	get isExhausted(): boolean {
		return this.#chains.isExhausted(this.limit);
	}

	begin(slot: number): void {
		this.#state.fill(0, slot * WORDS, (slot + 1) * WORDS);
	}

	add(slot: number, packet: DecodedPacket, captured: Uint8Array, isReverse: boolean): void {
		const state = this.#state;
		const base = slot * WORDS + (isReverse ? DIRECTION_WORDS : 0);
		const length = state[base + LENGTH]!;
		if (length >= this.limit) return;
		let begin = packet.payloadBegin;
		if (packet.protocol === PROTOCOL.TCP && packet.fragment !== FRAGMENT.LATER) {
			begin += this.#bytesSeenBefore(base, packet);
		}
		const end = Math.min(packet.payloadEnd, begin + this.limit - length);
		if (begin >= end) return;
		state[base + CHAIN] = this.#chains.append(state[base + CHAIN]!, length, captured, begin, end);
		state[base + LENGTH] = length + end - begin;
	}

	write(slot: number, isReverse: boolean, into: ListColumnBuilder<Uint8Array>): void {
		const base = slot * WORDS + (isReverse ? DIRECTION_WORDS : 0);
		this.#chains.write(this.#state[base + CHAIN]!, this.#state[base + LENGTH]!, into);
	}

	release(slot: number): void {
		this.#chains.release(this.#state[slot * WORDS + CHAIN]!);
		this.#chains.release(this.#state[slot * WORDS + DIRECTION_WORDS + CHAIN]!);
	}

	/** How many bytes at the front of the segment are known, and what is expected after it. Sequence numbers wrap (RFC 9293, 3.4). */
	#bytesSeenBefore(base: number, packet: DecodedPacket): number {
		const state = this.#state;
		const first = packet.tcpFlags & SYN ? (packet.tcpSequence + 1) | 0 : packet.tcpSequence;
		const next = (first + packet.payloadLength) | 0;
		const ahead = state[base + IS_SEQUENCE_KNOWN] ? (first - state[base + NEXT_SEQUENCE]!) | 0 : 0;
		state[base + IS_SEQUENCE_KNOWN] = 1;
		if (ahead >= 0) {
			state[base + NEXT_SEQUENCE] = next;
			return 0;
		}
		if (((next - state[base + NEXT_SEQUENCE]!) | 0) > 0) state[base + NEXT_SEQUENCE] = next;
		return -ahead;
	}
}
