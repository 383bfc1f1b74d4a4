import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";

/** Packets in a block: six times, six words of length, flags and direction, and the link: 80 bytes. */
const PER_BLOCK = 6;
const BLOCK_BYTES = 80;
const DOUBLES = BLOCK_BYTES >> 3;
const WORDS = BLOCK_BYTES >> 2;
const ATTRIBUTES = 2 * PER_BLOCK;
const LINK = ATTRIBUTES + PER_BLOCK;

/** The per-packet lists of all flows, in chains of small blocks. */
export class PacketLists {
	readonly #slabs: Slabs;
	readonly #times: Float64Array;

	constructor(blocks: number) {
		this.#slabs = new Slabs(blocks, BLOCK_BYTES, LINK);
		this.#times = new Float64Array(this.#slabs.memory);
	}

	/** Whether there is no block for one more packet. */
	get isExhausted(): boolean {
		return this.#slabs.available === 0;
	}

	/** Appends to the list whose last block is `last` and which has `count` packets; the last block is now the one returned. */
	append(last: number, count: number, time: number, length: number, flags: number, isReverse: boolean): number {
		const position = count % PER_BLOCK;
		let block = last;
		if (position === 0) {
			block = this.#slabs.claim();
			if (last !== 0) this.#slabs.link(last, block);
		}
		this.#times[block * DOUBLES + position] = time;
		this.#slabs.words[block * WORDS + ATTRIBUTES + position] = length | (flags << 16) | (isReverse ? 1 << 24 : 0);
		return block;
	}

	/** Appends a list to the flow that `into` is building. */
	write(first: number, count: number, into: FlowColumnsBuilder): void {
		const { packetLengths, packetDirections, packetFlags, packetTimes } = into;
		packetLengths.reserve(count);
		packetDirections.reserve(count);
		packetFlags.reserve(count);
		packetTimes.reserve(count);
		const { words } = this.#slabs;
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

	release(first: number): void {
		this.#slabs.release(first);
	}
}
