import type { DecodedPacket } from "../capture/decoded-packet.ts";
import { recordMemory } from "./aligned-memory.ts";
import { RECORD_BYTES, WORD, WORD_SHIFT } from "./flow-record.ts";
import { PACKETS_AT_ONCE } from "./packet-batch.ts";
import { PacketKeys } from "./packet-keys.ts";

/** Flows that are prefetched together. */
export const FLOWS_AT_ONCE = 128;

const SMALLEST_INDEX = 1 << 12;

/**
 * The flows being metered: a fixed number of slots, and an open-addressing index from key to slot that is at most half
 * full. Keys are stored and compared, not only their hashes. Slot numbers depend on the packets alone, never on the
 * hash, so that everything done in the order of slots is the same in every run. Memory is reserved at once and paged in
 * when used.
 *
 * Several packets are looked up together ({@link lookUp}), so that their cache misses overlap: a table
 * of this size is in no cache, and sequential misses would be most of the cost of a packet.
 */
export class FlowTable {
	/** Three views of the same memory; see `flow-record.ts`. */
	readonly doubles: Float64Array;
	readonly words: Int32Array;
	readonly bytes: Uint8Array;
	readonly capacity: number;
	/** Number of flows in the table. */
	size = 0;
	/** Number of slots that have ever held a flow: the range of a sweep. */
	used = 0;
	/** The keys of the current packets. */
	readonly keys: PacketKeys;
	/** The slots of the keys' flows; -1 if there was none. */
	readonly #expected = new Int32Array(PACKETS_AT_ONCE);
	/** Number of keys. */
	#looked = 0;
	/** Keeps the compiler from removing prefetching reads. */
	#touched = 0;
	/** Pairs of hash and slot + 1; 0 if free. */
	#index = new Int32Array(2 * SMALLEST_INDEX);
	#mask = SMALLEST_INDEX - 1;
	/** The upper bits of a hash determine its place. */
	#shift = Math.clz32(SMALLEST_INDEX) + 1;
	#freeSlot = -1;
	/** The free place at which {@link #find} ended. */
	#lastPlace = 0;

	/** `hasVlan`: whether the VLAN is part of the key. */
	constructor(capacity: number, hasVlan: boolean, seed?: number) {
		this.capacity = capacity;
		const { doubles, words, bytes } = recordMemory(capacity * RECORD_BYTES);
		this.doubles = doubles;
		this.words = words;
		this.bytes = bytes;
		this.keys = new PacketKeys(hasVlan, seed);
	}

	get isFull(): boolean {
		return this.size === this.capacity;
	}

	/** Whether the slot holds a flow: every flow has a packet. */
	isLive(slot: number): boolean {
		const base = slot << WORD_SHIFT;
		return (this.words[base + WORD.PACKETS]! | this.words[base + WORD.PACKETS_REVERSE]!) !== 0;
	}

	/**
	 * Makes the keys of `count` packets current and looks them up, each step for all, so that the memory accesses of
	 * one step overlap. {@link locate} returns the flows.
	 */
	lookUp(packets: readonly DecodedPacket[], count: number): void {
		const { keys, words } = this;
		keys.take(packets, count);
		this.#expectSlots(count);
		const expected = this.#expected;
		for (let i = 0; i < count; i++) {
			const slot = expected[i]!;
			if (slot >= 0 && !keys.isKeyOf(i, packets[i]!.version, words, slot)) expected[i] = -1;
		}
		this.#looked = count;
	}

	/** The slot of the flow with the key at `position`, or -1. `version` is the IP version of that key. */
	locate(position: number, version: number): number {
		const slot = this.#expected[position]!;
		// A flow that did not exist at the common look-up may have begun since.
		return slot >= 0 ? slot : this.#find(position, version);
	}

	/** Finds slots by hash alone. */
	#expectSlots(count: number): void {
		const { hashes } = this.keys;
		const index = this.#index;
		const expected = this.#expected;
		const shift = this.#shift;
		const mask = this.#mask;
		let sum = 0;
		for (let i = 0; i < count; i++) sum ^= index[2 * (hashes[i]! >>> shift)]!;
		for (let i = 0; i < count; i++) {
			const hash = hashes[i]!;
			let place = hash >>> shift;
			let slot = index[2 * place + 1]! - 1;
			while (slot >= 0 && index[2 * place] !== hash) {
				place = (place + 1) & mask;
				slot = index[2 * place + 1]! - 1;
			}
			expected[i] = slot;
			if (slot >= 0) sum ^= this.words[slot << WORD_SHIFT]!;
		}
		this.#touched ^= sum;
	}

	/** Prefetches the records in `slots[0 … count)`, at most {@link FLOWS_AT_ONCE}, and their index entries. */
	fetch(slots: Int32Array, count: number): void {
		const { words } = this;
		const index = this.#index;
		let sum = 0;
		for (let i = 0; i < count; i++) sum ^= words[slots[i]! << WORD_SHIFT]!;
		for (let i = 0; i < count; i++) {
			const hash = words[(slots[i]! << WORD_SHIFT) + WORD.HASH]!;
			sum ^= index[2 * (hash >>> this.#shift)]!;
		}
		this.#touched ^= sum;
	}

	/** Sets {@link #lastPlace} to the insertion place of the key, if it is absent. */
	#find(position: number, version: number): number {
		const hash = this.keys.hashes[position]!;
		const index = this.#index;
		const mask = this.#mask;
		let place = hash >>> this.#shift;
		for (;;) {
			const slot = index[2 * place + 1]! - 1;
			if (slot < 0) break;
			if (index[2 * place] === hash && this.keys.isKeyOf(position, version, this.words, slot)) return slot;
			place = (place + 1) & mask;
		}
		this.#lastPlace = place;
		return -1;
	}

	/**
	 * Claims a slot for the key at `position` of a packet without a flow. The table must not be full. The record is zero
	 * except for the key; the flow exists once it has a packet.
	 */
	insert(position: number, { version, vlan }: DecodedPacket): number {
		this.#find(position, version);
		const hash = this.keys.hashes[position]!;
		if (2 * (this.size + 1) > this.#mask + 1) this.#growIndex(hash);
		const slot = this.#claimSlot();
		this.#index[2 * this.#lastPlace] = hash;
		this.#index[2 * this.#lastPlace + 1] = slot + 1;
		const { words } = this;
		const base = slot << WORD_SHIFT;
		for (let i = base; i < base + (RECORD_BYTES >> 2); i++) words[i] = 0;
		this.keys.write(position, vlan, words, slot);
		this.size++;
		return slot;
	}

	/** Frees the slot; its record may be read until the next {@link insert}. */
	remove(slot: number): void {
		for (let i = 0; i < this.#looked; i++) if (this.#expected[i] === slot) this.#expected[i] = -1;
		const base = slot << WORD_SHIFT;
		this.#removeFromIndex(slot, this.words[base + WORD.HASH]!);
		this.words[base + WORD.NEXT_FREE] = this.#freeSlot;
		this.words[base + WORD.PACKETS] = 0;
		this.words[base + WORD.PACKETS_REVERSE] = 0;
		this.#freeSlot = slot;
		this.size--;
	}

	#claimSlot(): number {
		const slot = this.#freeSlot;
		if (slot < 0) return this.used++;
		this.#freeSlot = this.words[(slot << WORD_SHIFT) + WORD.NEXT_FREE]!;
		return slot;
	}

	/** Linear probing without tombstones: later entries that may be earlier move up (Knuth, 6.4, algorithm R). */
	#removeFromIndex(slot: number, hash: number): void {
		const index = this.#index;
		const mask = this.#mask;
		let hole = hash >>> this.#shift;
		while (index[2 * hole + 1] !== slot + 1) hole = (hole + 1) & mask;
		for (let place = (hole + 1) & mask; index[2 * place + 1] !== 0; place = (place + 1) & mask) {
			const home = index[2 * place]! >>> this.#shift;
			if (((place - home) & mask) < ((place - hole) & mask)) continue;
			index[2 * hole] = index[2 * place]!;
			index[2 * hole + 1] = index[2 * place + 1]!;
			hole = place;
		}
		index[2 * hole + 1] = 0;
	}

	#growIndex(hash: number): void {
		const old = this.#index;
		const mask = 2 * (this.#mask + 1) - 1;
		const index = new Int32Array(2 * (mask + 1));
		this.#mask = mask;
		this.#shift--;
		this.#index = index;
		for (let i = 0; i < old.length; i += 2) {
			if (old[i + 1] === 0) continue;
			const place = this.#freePlace(old[i]!);
			index[2 * place] = old[i]!;
			index[2 * place + 1] = old[i + 1]!;
		}
		this.#lastPlace = this.#freePlace(hash);
	}

	#freePlace(hash: number): number {
		let place = hash >>> this.#shift;
		while (this.#index[2 * place + 1] !== 0) place = (place + 1) & this.#mask;
		return place;
	}
}
