import { readFileSync } from "node:fs";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { ADDRESS_LENGTH, writeAddress } from "../flow/address.ts";
import { TextMemory } from "../mining/text-memory.ts";
import { builtInPools } from "./built-in-pools.ts";
import type { PoolEndpoint } from "./pool-endpoint.ts";
import { readPoolList } from "./read-pool-list.ts";
import { isVerifiedList, readVerified } from "./verified-pool.ts";

/** The known facts about one address and port. */
export interface ListedPool {
	readonly pool?: string;
	readonly coin?: string;
}

/** An address or host name, a port, and the facts about them. */
export interface PoolEntry extends ListedPool {
	/** In lower case if it is a host name. */
	readonly address: string;
	readonly port: number;
}

/** Looks up addresses in the form of flow batches. */
export interface PoolTable {
	readonly size: number;
	/** The facts about the 16 address bytes at `offset` and `port`; does not allocate. */
	find(addresses: Uint8Array, offset: number, port: number): ListedPool | undefined;
	/** The facts about the server with the name `bytes[begin … end)`, in any case and with any port. */
	findName(bytes: Uint8Array, begin: number, end: number): ListedPool | undefined;
}

/** The name of the built-in list. */
export const BUILT_IN_LIST = "builtin";

/**
 * Reads lists of pools into one table: lists that `decrypto pools verify` wrote, any other list that `decrypto pools list`
 * reads (lines, CSV, JSON), or `builtin`. Host names are matched with server names, addresses with addresses and ports. If
 * lists name the same end, the later one counts.
 * `refused` receives lines that cannot be used. Throws if a file cannot be read or has no pool.
 */
export function openPoolTable(lists: readonly string[], refused: (line: string) => void = () => {}): PoolTable {
	return createPoolTable(lists.flatMap((list) => readEntries(list, refused)));
}

function readEntries(path: string, refused: (line: string) => void): readonly PoolEntry[] {
	if (path === BUILT_IN_LIST) return builtInPools().map(entryOf);
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		throw inContext(path, error);
	}
	if (isVerifiedList(text)) return readVerified(text, path, refused);
	const { endpoints, rejected } = readPoolList(text);
	for (const { line, reason } of rejected) refused(`${path}: line ${line}: ${reason}`);
	if (endpoints.length > 0) return endpoints.map(entryOf);
	throw new DeCryptoError("pool-list", `${path}: no line of it names a pool`);
}

function entryOf({ host, port, pool, coin }: PoolEndpoint): PoolEntry {
	return { address: host, port, ...(pool !== undefined && { pool }), ...(coin !== undefined && { coin }) };
}

/**
 * An open-addressed hash table over typed arrays, at most half full, and the names of entries that are not addresses.
 */
export function createPoolTable(entries: readonly PoolEntry[]): PoolTable {
	return new AddressPortTable(entries);
}

/**
 * Server names whose result is cached by their bytes: decoding each name of each flow would cost more than the rest.
 */
const REMEMBERED_NAMES = 1 << 14;

class AddressPortTable implements PoolTable {
	readonly #mask: number;
	/** Addresses of the slots, 16 bytes each. */
	readonly #keys: Uint8Array;
	/** Ports of the slots, 0 for an empty one. */
	readonly #ports: Uint16Array;
	readonly #pools: ListedPool[] = [];
	readonly #byName = new Map<string, ListedPool>();
	readonly #names = new TextMemory(REMEMBERED_NAMES, (text) => this.#byName.get(text.toLowerCase().replace(/\.$/, "")));
	#size = 0;

	constructor(entries: readonly PoolEntry[]) {
		const slots = 2 ** Math.ceil(Math.log2(2 * entries.length + 2));
		this.#mask = slots - 1;
		this.#keys = new Uint8Array(slots * ADDRESS_LENGTH);
		this.#ports = new Uint16Array(slots);
		const address = new Uint8Array(ADDRESS_LENGTH);
		for (const entry of entries) {
			if (writeAddress(entry.address, address, 0)) this.#add(address, entry);
			else this.#byName.set(entry.address, knownOf(entry));
		}
	}

	get size(): number {
		return this.#size + this.#byName.size;
	}

	findName(bytes: Uint8Array, begin: number, end: number): ListedPool | undefined {
		return this.#byName.size === 0 || begin === end ? undefined : this.#names.of(bytes, begin, end);
	}

	find(addresses: Uint8Array, offset: number, port: number): ListedPool | undefined {
		const slot = this.#slotOf(addresses, offset, port);
		return this.#ports[slot] === 0 ? undefined : this.#pools[slot];
	}

	#add(address: Uint8Array, entry: PoolEntry): void {
		const { port } = entry;
		if (port === 0) return;
		const slot = this.#slotOf(address, 0, port);
		if (this.#ports[slot] === 0) this.#size++;
		this.#keys.set(address, slot * ADDRESS_LENGTH);
		this.#ports[slot] = port;
		this.#pools[slot] = knownOf(entry);
	}

	/** The slot of the key, or the empty slot for it. */
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

function knownOf({ pool, coin }: PoolEntry): ListedPool {
	return { ...(pool !== undefined && { pool }), ...(coin !== undefined && { coin }) };
}

/** FNV-1a over the 16 bytes and the port, with a final mix. */
function hash(addresses: Uint8Array, offset: number, port: number): number {
	let h = 0x811c9dc5 ^ port;
	for (let i = 0; i < ADDRESS_LENGTH; i++) h = Math.imul(h ^ addresses[offset + i]!, 0x01000193);
	return (h ^ (h >>> 15)) >>> 0;
}
