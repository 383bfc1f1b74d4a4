import type { DnsResponse } from "./dns-response.ts";

/** Most clients, and most addresses and names per client; the least recently used is removed. */
const MOST_CLIENTS = 4096;
const MOST_ADDRESSES = 256;
const MOST_NAMES = 256;
/**
 * Bounds of lifetimes, in µs: clients keep answers longer than they should, and an answer
 * of last week proves nothing.
 */
const SHORTEST_LIFETIME = 600e6;
const LONGEST_LIFETIME = 86_400e6;

/** An address as a key: IPv4 as its word, IPv6 as text. */
export type AddressKey = number | string;

/** A name that a client asked for. */
export interface AskedName {
	readonly client: AddressKey;
	readonly name: string;
	/** Responses to the question. */
	readonly times: number;
	/** Whether any response had an address. */
	readonly isResolved: boolean;
	/** Whether the client has had a flow with an address that the name was resolved to. */
	readonly isConnected: boolean;
	/** µs of the first and the last response. */
	readonly first: number;
	readonly last: number;
}

type Asked = { -readonly [K in keyof AskedName]: AskedName[K] };

interface Resolved {
	readonly asked: Asked;
	readonly bytes: Uint8Array;
	readonly from: number;
	readonly until: number;
}

interface Client {
	readonly addresses: Map<AddressKey, Resolved>;
	readonly names: Map<string, Asked>;
}

/**
 * The names that addresses of servers were resolved from, per client from its own responses: two clients may have
 * reached one address by different names. Bounded for any traffic. It never resolves anything.
 */
export class NameTable {
	readonly #clients = new Map<AddressKey, Client>();

	/** Clients remembered. */
	get size(): number {
		return this.#clients.size;
	}

	/** A response that `client` received at `time` (µs). */
	learn(client: AddressKey, response: DnsResponse, time: number): void {
		const { addresses, names } = this.#clientOf(client);
		const name = response.name.toString();
		const isResolved = response.addresses > 0;
		const asked = names.get(name) ?? {
			client,
			name,
			times: 0,
			isResolved,
			isConnected: false,
			first: time,
			last: time,
		};
		asked.times++;
		asked.isResolved ||= isResolved;
		asked.last = time;
		putLast(names, name, asked, MOST_NAMES);
		if (!isResolved) return;
		const bytes = response.name.bytes.slice(0, response.name.length);
		for (let i = 0; i < response.addresses; i++) {
			const lifetime = Math.min(LONGEST_LIFETIME, Math.max(SHORTEST_LIFETIME, response.lifetimes[i]! * 1e6));
			const key = addressKey(response.versions[i]!, response.words, 4 * i);
			// The same answer again extends the first: logs report a long connection only after later queries.
			const before = addresses.get(key);
			const from = before?.asked === asked ? Math.min(before.from, time) : time;
			putLast(addresses, key, { asked, bytes, from, until: time + lifetime }, MOST_ADDRESSES);
		}
	}

	/**
	 * The name that `client` resolved to `server` before a flow that began at `time` (µs), ASCII; marks it as connected.
	 */
	nameOf(client: AddressKey, server: AddressKey, time: number): Uint8Array | undefined {
		const resolved = this.#clients.get(client)?.addresses.get(server);
		if (resolved === undefined || time < resolved.from || time > resolved.until) return undefined;
		resolved.asked.isConnected = true;
		return resolved.bytes;
	}

	/** All names that are remembered, by client. */
	*asked(): Generator<AskedName> {
		for (const { names } of this.#clients.values()) yield* names.values();
	}

	#clientOf(key: AddressKey): Client {
		const client = this.#clients.get(key) ?? { addresses: new Map(), names: new Map() };
		putLast(this.#clients, key, client, MOST_CLIENTS);
		return client;
	}
}

/** The key of the address in the four words of `words` from `at`. */
export function addressKey(version: number, words: Int32Array, at: number): AddressKey {
	if (version === 4) return words[at]!;
	return `${words[at]},${words[at + 1]},${words[at + 2]},${words[at + 3]}`;
}

/** A map keeps its entries in order of insertion; the first is removed. */
function putLast<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
	if (!map.delete(key) && map.size === most) map.delete(map.keys().next().value as K);
	map.set(key, value);
}
