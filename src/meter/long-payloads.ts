import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { FlowColumnsBuilder, ListColumnBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";

/** Words kept for each direction of a slot: its buffer, how many bytes are in it, what is expected next. */
const WORDS = 4;
const BUFFER = 0;
const LENGTH = 1;
/** The sequence number expected next, and whether there is one. */
const NEXT_SEQUENCE = 2;
const IS_SEQUENCE_KNOWN = 3;

const SYN = 0x02;
/** Memory for a slot: a buffer each where a few hundred bytes are kept, which not every direction needs. */
const BYTES_PER_SLOT = 512;
const FEWEST_BUFFERS = 16;
const CACHE_LINE = 64;

/**
 * The first payload bytes of each direction, joined over packets. TCP segments are placed by sequence number: what was
 * seen before is left out (retransmissions, keep-alives), and where a segment is missing the next one follows directly.
 */
export class LongPayloads {
	readonly limit: number;
	readonly #state: Int32Array;
	readonly #slabs: Slabs;
	readonly #bytes: Uint8Array;
	readonly #bytesPerBuffer: number;
	/** Keeps what is read ahead from being optimised away. */
	#touched = 0;

	/** `limit`: bytes kept of a direction. */
	constructor(slots: number, limit: number) {
		this.limit = limit;
		this.#state = new Int32Array(2 * slots * WORDS);
		const words = Math.ceil(limit / 4) + 1;
		const buffers = Math.max(FEWEST_BUFFERS, Math.ceil((slots * BYTES_PER_SLOT) / (words * 4)));
		this.#bytesPerBuffer = words * 4;
		this.#slabs = new Slabs(buffers, this.#bytesPerBuffer, words - 1);
		this.#bytes = this.#slabs.bytes;
	}

	/** Whether one more packet might not find room. */
	get isExhausted(): boolean {
		return this.#slabs.available === 0;
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
		if (length === 0) state[base + BUFFER] = this.#slabs.claim();
		this.#bytes.set(captured.subarray(begin, end), state[base + BUFFER]! * this.#bytesPerBuffer + length);
		state[base + LENGTH] = length + end - begin;
		return length + end - begin === this.limit;
	}

	/** Appends what a flow has, which some packet was added to, to the flow that `into` is building. */
	write(slot: number, into: FlowColumnsBuilder): void {
		const { longPayload, longPayloadReverse } = into.extras;
		const base = 2 * slot * WORDS;
		if (longPayload) this.#writeDirection(base, longPayload);
		if (longPayloadReverse) this.#writeDirection(base + WORDS, longPayloadReverse);
	}

	#writeDirection(base: number, into: ListColumnBuilder<Uint8Array>): void {
		const begin = this.#state[base + BUFFER]! * this.#bytesPerBuffer;
		into.append(this.#bytes, begin, begin + this.#state[base + LENGTH]!);
	}

	/** Has the memory fetched that {@link write} reads for each of `slots[0 … count)`. */
	fetch(slots: Int32Array, count: number): void {
		let sum = 0;
		for (let i = 0; i < count; i++) sum ^= this.#state[2 * slots[i]! * WORDS]!;
		for (let i = 0; i < count; i++) {
			const base = 2 * slots[i]! * WORDS;
			sum ^= this.#read(base) ^ this.#read(base + WORDS);
		}
		this.#touched ^= sum;
	}

	/** A byte of each cache line that a direction's payload lies in. */
	#read(base: number): number {
		const begin = this.#state[base + BUFFER]! * this.#bytesPerBuffer;
		const end = begin + this.#state[base + LENGTH]!;
		let sum = 0;
		for (let at = begin; at < end; at += CACHE_LINE) sum ^= this.#bytes[at]!;
		return sum;
	}

	/** Gives back what the flow took, and makes the slot as new. */
	release(slot: number): void {
		const base = 2 * slot * WORDS;
		const state = this.#state;
		this.#slabs.release(state[base + BUFFER]!);
		this.#slabs.release(state[base + WORDS + BUFFER]!);
		for (let i = base; i < base + 2 * WORDS; i++) state[i] = 0;
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
