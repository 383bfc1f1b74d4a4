import { FlowHash } from "./flow-hash.ts";
import { BYTE, BYTE_SHIFT, KEY_WORDS, RECORD_BYTES, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";

const SMALLEST_INDEX = 1 << 12;
const IPV4 = 4;

/**
 * The flows being metered: a fixed number of slots, and an open-addressing index from key to slot that is at most half full.
 * Keys are stored and compared, not only their hashes. Slot numbers depend on the packets alone, never on the hash, so that
 * everything done in the order of slots is the same in every run. Memory is claimed at once and touched as it is needed.
 */
export class FlowTable {
	/** Three views of the same memory; see `flow-record.ts`. */
	readonly doubles: Float64Array;
	readonly words: Int32Array;
	readonly bytes: Uint8Array;
	readonly capacity: number;
	/** Flows in the table. */
	size = 0;
	/** Slots that have ever held a flow: what a sweep must look at. */
	used = 0;
	/** The key to look for, to be written before {@link find}. */
	readonly key = new Int32Array(KEY_WORDS);
	readonly #hash: FlowHash;
	/** Pairs of hash and slot + 1; 0 where free. */
	#index = new Int32Array(2 * SMALLEST_INDEX);
	#mask = SMALLEST_INDEX - 1;
	#freeSlot = -1;
	/** Where {@link find} ended: the hash of the key and the free place for it. */
	#lastHash = 0;
	#lastPlace = 0;

	constructor(capacity: number, seed?: number) {
		this.capacity = capacity;
		const memory = new ArrayBuffer(capacity * RECORD_BYTES);
		this.doubles = new Float64Array(memory);
		this.words = new Int32Array(memory);
		this.bytes = new Uint8Array(memory);
		this.#hash = new FlowHash(KEY_WORDS, seed);
	}

	get isFull(): boolean {
		return this.size === this.capacity;
	}

	isLive(slot: number): boolean {
		return (this.bytes[(slot << BYTE_SHIFT) + BYTE.STATE]! & STATE.LIVE) !== 0;
	}

	/** The slot of the flow with {@link key}, or -1. `version` is the IP version that the key carries. */
	find(version: number): number {
		const { key } = this;
		const isIPv4 = version === IPV4;
		const hash = isIPv4 ? this.#hash.hash4(key) : this.#hash.hash(key, KEY_WORDS);
		const index = this.#index;
		const mask = this.#mask;
		let place = hash & mask;
		for (;;) {
			const slot = index[2 * place + 1]! - 1;
			if (slot < 0) break;
			if (index[2 * place] === hash && (isIPv4 ? this.#hasKey4(slot) : this.#hasKey6(slot))) return slot;
			place = (place + 1) & mask;
		}
		this.#lastHash = hash;
		this.#lastPlace = place;
		return -1;
	}

	/** Claims a slot for the key that {@link find} has just missed. The table must not be full. The record is all zero but the key. */
	insert(): number {
		if (2 * (this.size + 1) > this.#mask + 1) this.#growIndex();
		const slot = this.#claimSlot();
		this.#index[2 * this.#lastPlace] = this.#lastHash;
		this.#index[2 * this.#lastPlace + 1] = slot + 1;
		const base = slot << WORD_SHIFT;
		this.words.fill(0, base, base + (RECORD_BYTES >> 2));
		for (let i = 0; i < KEY_WORDS; i++) this.words[base + WORD.KEY + i] = this.key[i]!;
		this.words[base + WORD.HASH] = this.#lastHash;
		this.bytes[(slot << BYTE_SHIFT) + BYTE.STATE] = STATE.LIVE;
		this.size++;
		return slot;
	}

	/** Frees the slot; its record may be read until the next {@link insert}. Whatever {@link find} found before is void. */
	remove(slot: number): void {
		const base = slot << WORD_SHIFT;
		this.#removeFromIndex(slot, this.words[base + WORD.HASH]!);
		this.words[base + WORD.NEXT_FREE] = this.#freeSlot;
		this.bytes[(slot << BYTE_SHIFT) + BYTE.STATE] = 0;
		this.#freeSlot = slot;
		this.size--;
	}

	#claimSlot(): number {
		const slot = this.#freeSlot;
		if (slot < 0) return this.used++;
		this.#freeSlot = this.words[(slot << WORD_SHIFT) + WORD.NEXT_FREE]!;
		return slot;
	}

	/** Linear probing without tombstones: what comes after and may stand earlier moves up (Knuth, 6.4, algorithm R). */
	#removeFromIndex(slot: number, hash: number): void {
		const index = this.#index;
		const mask = this.#mask;
		let hole = hash & mask;
		while (index[2 * hole + 1] !== slot + 1) hole = (hole + 1) & mask;
		for (let place = (hole + 1) & mask; index[2 * place + 1] !== 0; place = (place + 1) & mask) {
			const home = index[2 * place]! & mask;
			if (((place - home) & mask) < ((place - hole) & mask)) continue;
			index[2 * hole] = index[2 * place]!;
			index[2 * hole + 1] = index[2 * place + 1]!;
			hole = place;
		}
		index[2 * hole + 1] = 0;
	}

	#growIndex(): void {
		const old = this.#index;
		const mask = 2 * (this.#mask + 1) - 1;
		const index = new Int32Array(2 * (mask + 1));
		this.#mask = mask;
		this.#index = index;
		for (let i = 0; i < old.length; i += 2) {
			if (old[i + 1] === 0) continue;
			const place = this.#freePlace(old[i]!);
			index[2 * place] = old[i]!;
			index[2 * place + 1] = old[i + 1]!;
		}
		this.#lastPlace = this.#freePlace(this.#lastHash);
	}

	#freePlace(hash: number): number {
		let place = hash & this.#mask;
		while (this.#index[2 * place + 1] !== 0) place = (place + 1) & this.#mask;
		return place;
	}

	#hasKey4(slot: number): boolean {
		const { words, key } = this;
		const base = (slot << WORD_SHIFT) + WORD.KEY;
		return (
			words[base] === key[0] && words[base + 1] === key[1] && words[base + 2] === key[2] && words[base + 6] === key[6]
		);
	}

	#hasKey6(slot: number): boolean {
		const { words, key } = this;
		const base = (slot << WORD_SHIFT) + WORD.KEY;
		for (let i = 0; i < KEY_WORDS; i++) if (words[base + i] !== key[i]) return false;
		return true;
	}
}
