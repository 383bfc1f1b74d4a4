import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";

/** Packets in a block: five times, five words of length, flags and direction, and the link: one cache line. */
const PER_BLOCK = 5;
const BLOCK_BYTES = 64;
const DOUBLES = BLOCK_BYTES >> 3;
const WORDS = BLOCK_BYTES >> 2;
const ATTRIBUTES = 2 * PER_BLOCK;
const LINK = ATTRIBUTES + PER_BLOCK;

/** The lengths of a list have 16 bits; reassembled segments may be longer. */
const LONGEST = 0xffff;

/** The per-packet lists of all flows, in chains of small blocks. */
export class PacketLists {
	readonly #slabs: Slabs;
	readonly #times: Float64Array;
	readonly #words: Int32Array;

	constructor(blocks: number) {
		this.#slabs = new Slabs(blocks, BLOCK_BYTES, LINK);
		this.#times = this.#slabs.doubles;
		this.#words = this.#slabs.words;
	}

	/** Whether no block is free for one more packet. */
	get isExhausted(): boolean {
		return this.#slabs.available === 0;
	}

	/** Whether the last block of a list of `count` packets is full. */
	isFull(count: number): boolean {
		return count % PER_BLOCK === 0;
	}

	/** A new block after `last`, which is 0 for the first of a list. */
	extend(last: number): number {
		const block = this.#slabs.claim();
		if (last !== 0) this.#slabs.link(last, block);
		return block;
	}

	/**
	 * Appends to a list of `count` packets whose last block is not full. `reverse`: 1 for a packet back to the source,
	 * else 0.
	 */
	append(block: number, count: number, time: number, length: number, flags: number, reverse: number): void {
		const position = count % PER_BLOCK;
		this.#times[block * DOUBLES + position] = time;
		this.#words[block * WORDS + ATTRIBUTES + position] = Math.min(length, LONGEST) | (flags << 16) | (reverse << 24);
	}

	/** Appends a list to the flow that `into` is building. */
	write(first: number, count: number, into: FlowColumnsBuilder): void {
		const { packetLengths, packetDirections, packetFlags, packetTimes } = into;
		packetLengths.reserve(count);
		packetDirections.reserve(count);
		packetFlags.reserve(count);
		packetTimes.reserve(count);
		const words = this.#words;
		let block = first;
		for (let i = 0, position = 0; i < count; i++, position++) {
			if (position === PER_BLOCK) {
				position = 0;
				block = this.#slabs.next(block);
			}
			const attributes = words[block * WORDS + ATTRIBUTES + position]!;
			packetTimes.values[packetTimes.used++] = this.#times[block * DOUBLES + position]!;
			packetLengths.values[packetLengths.used++] = attributes & 0xffff;
			packetFlags.values[packetFlags.used++] = (attributes >> 16) & 0xff;
			packetDirections.values[packetDirections.used++] = attributes >> 24 === 0 ? 1 : -1;
		}
	}

	/** Like {@link Slabs.fetch}. */
	fetch(pieces: Int32Array, count: number): void {
		this.#slabs.fetch(pieces, count);
	}

	release(first: number): void {
		this.#slabs.release(first);
	}
}
