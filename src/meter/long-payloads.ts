import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { ByteChains } from "./byte-chains.ts";

/** Words kept for each direction of a slot. */
const WORDS = 5;
const FIRST_PIECE = 0;
const LAST_PIECE = 1;
const LENGTH = 2;
/** The sequence number expected next, and whether there is one. */
const NEXT_SEQUENCE = 3;
const IS_SEQUENCE_KNOWN = 4;

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
		this.#state = new Int32Array(2 * slots * WORDS);
		this.#chains = new ByteChains(Math.max(slots * PIECES_PER_SLOT, limit));
	}

	/** Whether one more packet might not find room. */
	get isExhausted(): boolean {
		return this.#chains.isExhausted(this.limit);
	}

	/** Takes what a packet with payload adds; whether the direction has all it may have. */
	add(slot: number, packet: DecodedPacket, captured: Uint8Array, reverse: number): boolean {
		const state = this.#state;
		const base = (2 * slot + reverse) * WORDS;
		const length = state[base + LENGTH]!;
		let begin = packet.payloadBegin;
		if (packet.protocol === PROTOCOL.TCP && packet.fragment !== FRAGMENT.LATER) {
			begin += this.#bytesSeenBefore(base, packet);
		}
		const end = Math.min(packet.payloadEnd, begin + this.limit - length);
		if (begin >= end) return false;
		if (length === 0) {
			state[base + FIRST_PIECE] = this.#chains.store(captured, begin, end);
			state[base + LAST_PIECE] = this.#chains.last;
		} else {
			state[base + LAST_PIECE] = this.#chains.append(state[base + LAST_PIECE]!, length, captured, begin, end);
		}
		state[base + LENGTH] = length + end - begin;
		return length + end - begin === this.limit;
	}

	/** Appends what a flow has, which some packet was added to, to the flow that `into` is building. */
	write(slot: number, into: FlowColumnsBuilder): void {
		const { longPayload, longPayloadReverse } = into.extras;
		const state = this.#state;
		const base = 2 * slot * WORDS;
		const reverse = base + WORDS;
		if (longPayload) this.#chains.write(state[base + FIRST_PIECE]!, state[base + LENGTH]!, longPayload);
		if (longPayloadReverse)
			this.#chains.write(state[reverse + FIRST_PIECE]!, state[reverse + LENGTH]!, longPayloadReverse);
	}

	/** Gives back what the flow took, and makes the slot as new. */
	release(slot: number): void {
		const base = 2 * slot * WORDS;
		this.#chains.release(this.#state[base + FIRST_PIECE]!);
		this.#chains.release(this.#state[base + WORDS + FIRST_PIECE]!);
		this.#state.fill(0, base, base + 2 * WORDS);
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
