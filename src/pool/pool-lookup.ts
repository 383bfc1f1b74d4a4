import { readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { ADDRESS_LENGTH, writeAddress } from "../flow/address.ts";
import { readVerified } from "./verified-pool.ts";

/** What a list knows of one address and port. */
export interface ListedPool {
	readonly pool?: string;
	readonly coin?: string;
}

/** An address, a port, and what is known of them. */
export interface PoolEntry extends ListedPool {
	readonly address: string;
	readonly port: number;
}

/** Looks up addresses as flow batches have them. */
export interface PoolTable {
	readonly size: number;
	/** What is known of the 16 address bytes at `offset` and `port`; allocates nothing, found or not. */
	find(addresses: Uint8Array, offset: number, port: number): ListedPool | undefined;
}

/** Reads a list that `decrypto pools verify` wrote. Throws where it is none. */
export function openPoolTable(path: string): PoolTable {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		throw inContext(path, error);
	}
	return createPoolTable(readVerified(text, path));
}

/** An open-addressed hash table over typed arrays, at most half full; an address that is none is left out. */
export function createPoolTable(entries: readonly PoolEntry[]): PoolTable {
	return new AddressPortTable(entries);
}

class AddressPortTable implements PoolTable {
	readonly #mask: number;
	/** Addresses of the slots, 16 bytes each. */
	readonly #keys: Uint8Array;
	/** Ports of the slots, 0 for an empty one. */
	readonly #ports: Uint16Array;
	readonly #pools: ListedPool[] = [];
	#size = 0;

	constructor(entries: readonly PoolEntry[]) {
		const slots = 2 ** Math.ceil(Math.log2(2 * entries.length + 2));
		this.#mask = slots - 1;
		this.#keys = new Uint8Array(slots * ADDRESS_LENGTH);
		this.#ports = new Uint16Array(slots);
		const address = new Uint8Array(ADDRESS_LENGTH);
		for (const entry of entries) if (writeAddress(entry.address, address, 0)) this.#add(address, entry);
	}

	get size(): number {
		return this.#size;
	}

	find(addresses: Uint8Array, offset: number, port: number): ListedPool | undefined {
		const slot = this.#slotOf(addresses, offset, port);
		return this.#ports[slot] === 0 ? undefined : this.#pools[slot];
	}

	#add(address: Uint8Array, { port, pool, coin }: PoolEntry): void {
		if (port === 0) return;
		const slot = this.#slotOf(address, 0, port);
		if (this.#ports[slot] === 0) this.#size++;
		this.#keys.set(address, slot * ADDRESS_LENGTH);
		this.#ports[slot] = port;
		this.#pools[slot] = { ...(pool !== undefined && { pool }), ...(coin !== undefined && { coin }) };
	}

	/** The slot that holds the key, or the empty one where it would be put. */
	#slotOf(addresses: Uint8Array, offset: number, port: number): number {
		let slot = hash(addresses, offset, port) & this.#mask;
		while (this.#ports[slot] !== 0 && !this.#holds(slot, addresses, offset, port)) slot = (slot + 1) & this.#mask;
		return slot;
	}

	#holds(slot: number, addresses: Uint8Array, offset: number, port: number): boolean {
		if (this.#ports[slot] !== port) return false;
		const key = slot * ADDRESS_LENGTH;
		for (let i = 0; i < ADDRESS_LENGTH; i++) if (this.#keys[key + i] !== addresses[offset + i]) return false;
		return true;
	}
}

/** FNV-1a over the 16 bytes and the port, with a final mix. */
function hash(addresses: Uint8Array, offset: number, port: number): number {
	let h = 0x811c9dc5 ^ port;
	for (let i = 0; i < ADDRESS_LENGTH; i++) h = Math.imul(h ^ addresses[offset + i]!, 0x01000193);
	return (h ^ (h >>> 15)) >>> 0;
}
