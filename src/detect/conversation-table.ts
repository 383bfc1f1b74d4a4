import { FLOW_KEY_LENGTH } from "../flow/flow-key.ts";

const NOBODY = -1;
const FIRST_SLOTS = 1024;
/** Keys are padded to a whole number of 32-bit words. */
const KEY_WORDS = Math.ceil(FLOW_KEY_LENGTH / 4);

/**
 * A bounded table of conversations by flow key, with `width` numbers for each at `values[slot * width …]`. If the table
 * is full, a new entry replaces the entry that was added or touched longest ago. Memory grows with use up to the bound.
 * The hash has a random seed, so that an attacker cannot choose keys that collide.
 */
export class ConversationTable {
	readonly capacity: number;
	readonly width: number;
	/** Entries in use. */
	size = 0;
	values: Float64Array;
	#slots: number;
	#keys: Int32Array;
	#hashes: Int32Array;
	/** First slot of each hash bucket, and the next slot in the same bucket. */
	#heads: Int32Array;
	#next: Int32Array;
	/** A doubly linked list in order of age. */
	#newer: Int32Array;
	#older: Int32Array;
	#oldest = NOBODY;
	#newest = NOBODY;
	readonly #seed = (Math.random() * 2 ** 32) | 0;
	readonly #words = new Int32Array(KEY_WORDS);
	readonly #bytes = new Uint8Array(this.#words.buffer);

	/** `capacity`: the most conversations to remember, at least 1. */
	constructor(capacity: number, width: number) {
		this.capacity = Math.max(1, capacity);
		this.width = width;
		const slots = Math.min(FIRST_SLOTS, this.capacity);
		this.#slots = slots;
		this.values = new Float64Array(slots * width);
		this.#keys = new Int32Array(slots * KEY_WORDS);
		this.#hashes = new Int32Array(slots);
		this.#heads = new Int32Array(bucketsFor(slots)).fill(NOBODY);
		this.#next = new Int32Array(slots);
		this.#newer = new Int32Array(slots);
		this.#older = new Int32Array(slots);
	}

	/** The slot of `key` (as `writeFlowKey` writes it), or -1. */
	find(key: Uint8Array): number {
		return this.#find(this.#load(key));
	}

	/** The slot of `key`, which becomes the newest; if the key is unknown, a new slot whose values are 0. */
	put(key: Uint8Array): number {
		const hash = this.#load(key);
		const known = this.#find(hash);
		if (known !== NOBODY) {
			this.touch(known);
			return known;
		}
		const slot = this.#freeSlot();
		this.#keys.set(this.#words, slot * KEY_WORDS);
		this.#hashes[slot] = hash;
		this.values.fill(0, slot * this.width, (slot + 1) * this.width);
		const bucket = hash & (this.#heads.length - 1);
		this.#next[slot] = this.#heads[bucket]!;
		this.#heads[bucket] = slot;
		this.#appendToAge(slot);
		return slot;
	}

	/** Makes the entry the newest. */
	touch(slot: number): void {
		if (slot === this.#newest) return;
		this.#removeFromAge(slot);
		this.#appendToAge(slot);
	}

	/** All entries as bytes, the oldest first, for {@link load}: the numbers have this machine's byte order. */
	save(): Uint8Array {
		const entryBytes = KEY_WORDS * 4 + this.width * 8;
		const bytes = new Uint8Array(this.size * entryBytes);
		let at = 0;
		for (let slot = this.#oldest; slot !== NOBODY; slot = this.#newer[slot]!) {
			bytes.set(bytesOf(this.#keys, slot * KEY_WORDS, KEY_WORDS), at);
			bytes.set(bytesOf(this.values, slot * this.width, this.width), at + KEY_WORDS * 4);
			at += entryBytes;
		}
		return bytes;
	}

	/** Adds saved entries. Returns false, and adds nothing, if the bytes are from a table of a different shape. */
	load(bytes: Uint8Array): boolean {
		const entryBytes = KEY_WORDS * 4 + this.width * 8;
		if (bytes.length % entryBytes !== 0) return false;
		const values = new Float64Array(this.width);
		const valueBytes = new Uint8Array(values.buffer);
		for (let at = 0; at < bytes.length; at += entryBytes) {
			const slot = this.put(bytes.subarray(at, at + FLOW_KEY_LENGTH));
			valueBytes.set(bytes.subarray(at + KEY_WORDS * 4, at + entryBytes));
			this.values.set(values, slot * this.width);
		}
		return true;
	}

	/** Copies the key to an aligned buffer and hashes it (the mixing of MurmurHash3, Austin Appleby, public domain). */
	#load(key: Uint8Array): number {
		const bytes = this.#bytes;
		for (let k = 0; k < FLOW_KEY_LENGTH; k++) bytes[k] = key[k]!;
		let hash = this.#seed;
		for (let k = 0; k < KEY_WORDS; k++) {
			let word = Math.imul(this.#words[k]!, 0xcc9e2d51);
			word = (word << 15) | (word >>> 17);
			hash ^= Math.imul(word, 0x1b873593);
			hash = (hash << 13) | (hash >>> 19);
			hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
		}
		hash ^= hash >>> 16;
		hash = Math.imul(hash, 0x85ebca6b);
		hash ^= hash >>> 13;
		hash = Math.imul(hash, 0xc2b2ae35);
		return hash ^ (hash >>> 16);
	}

	#find(hash: number): number {
		let slot = this.#heads[hash & (this.#heads.length - 1)]!;
		while (slot !== NOBODY && !(this.#hashes[slot] === hash && this.#holdsLoadedKey(slot))) slot = this.#next[slot]!;
		return slot;
	}

	#holdsLoadedKey(slot: number): boolean {
		for (let k = 0; k < KEY_WORDS; k++) if (this.#keys[slot * KEY_WORDS + k] !== this.#words[k]) return false;
		return true;
	}

	#freeSlot(): number {
		if (this.size === this.capacity) {
			const slot = this.#oldest;
			this.#removeFromAge(slot);
			this.#removeFromBucket(slot);
			return slot;
		}
		if (this.size === this.#slots) this.#grow();
		return this.size++;
	}

	#grow(): void {
		const slots = Math.min(this.#slots * 2, this.capacity);
		this.#slots = slots;
		this.values = grown(this.values, slots * this.width);
		this.#keys = grown(this.#keys, slots * KEY_WORDS);
		this.#hashes = grown(this.#hashes, slots);
		this.#next = grown(this.#next, slots);
		this.#newer = grown(this.#newer, slots);
		this.#older = grown(this.#older, slots);
		this.#heads = new Int32Array(bucketsFor(slots)).fill(NOBODY);
		for (let slot = 0; slot < this.size; slot++) {
			const bucket = this.#hashes[slot]! & (this.#heads.length - 1);
			this.#next[slot] = this.#heads[bucket]!;
			this.#heads[bucket] = slot;
		}
	}

	#removeFromBucket(slot: number): void {
		const bucket = this.#hashes[slot]! & (this.#heads.length - 1);
		if (this.#heads[bucket] === slot) {
			this.#heads[bucket] = this.#next[slot]!;
			return;
		}
		let before = this.#heads[bucket]!;
		while (this.#next[before] !== slot) before = this.#next[before]!;
		this.#next[before] = this.#next[slot]!;
	}

	#appendToAge(slot: number): void {
		this.#older[slot] = this.#newest;
		this.#newer[slot] = NOBODY;
		if (this.#newest === NOBODY) this.#oldest = slot;
		else this.#newer[this.#newest] = slot;
		this.#newest = slot;
	}

	#removeFromAge(slot: number): void {
		const older = this.#older[slot]!;
		const newer = this.#newer[slot]!;
		if (older === NOBODY) this.#oldest = newer;
		else this.#newer[older] = newer;
		if (newer === NOBODY) this.#newest = older;
		else this.#older[newer] = older;
	}
}

function bytesOf({ buffer, byteOffset, BYTES_PER_ELEMENT }: Int32Array | Float64Array, from: number, count: number) {
	return new Uint8Array(buffer, byteOffset + from * BYTES_PER_ELEMENT, count * BYTES_PER_ELEMENT);
}

function bucketsFor(slots: number): number {
	return 2 ** Math.ceil(Math.log2(Math.max(2, slots)));
}

function grown<A extends Int32Array | Float64Array>(array: A, length: number): A {
	const larger = new (array.constructor as new (length: number) => A)(length);
	larger.set(array);
	return larger;
}
