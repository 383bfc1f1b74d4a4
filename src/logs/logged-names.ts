import { DnsResponse, MOST_ADDRESSES } from "../dns/dns-response.ts";
import { type AddressKey, type AskedName, addressKey, NameTable } from "../dns/name-table.ts";
import { ADDRESS_LENGTH, isIPv4, writeAddress } from "../flow/address.ts";
import type { LoggedAnswer } from "./logged-answer.ts";

/** Seconds that an answer is taken to be good for where the log does not tell. */
const DEFAULT_LIFETIME = 600;
const LONGEST_NAME = 255;

/**
 * The names that clients resolved addresses from, by the answers in logs. Answers of one query come one after another; they
 * are put together, so that the query counts once.
 */
export class LoggedNames {
	readonly #table = new NameTable();
	readonly #response = new DnsResponse();
	readonly #address = new Uint8Array(ADDRESS_LENGTH);
	readonly #words = new Int32Array(4);
	/** The query whose answers are being put together. */
	#query: LoggedAnswer | undefined;

	learn(answer: LoggedAnswer): void {
		const query = this.#query;
		if (query?.client !== answer.client || query.name !== answer.name || query.time !== answer.time) {
			this.#endQuery();
			this.#query = answer;
		}
		const response = this.#response;
		const i = response.addresses;
		if (answer.address === undefined || i === MOST_ADDRESSES) return;
		if (!writeAddress(answer.address, this.#address, 0)) return;
		response.versions[i] = this.#readWords(this.#address, 0);
		response.words.set(this.#words, 4 * i);
		response.lifetimes[i] = answer.lifetime ?? DEFAULT_LIFETIME;
		response.addresses++;
	}

	/** The name that flow i's source had resolved its destination from; `addresses` as in `FlowColumns`, `time` in µs. */
	nameOf(addresses: Uint8Array, i: number, time: number): Uint8Array | undefined {
		this.#endQuery();
		if (this.#table.size === 0) return undefined;
		return this.#table.nameOf(this.#keyAt(addresses, i * 32), this.#keyAt(addresses, i * 32 + 16), time);
	}

	asked(): Iterable<AskedName> {
		this.#endQuery();
		return this.#table.asked();
	}

	#endQuery(): void {
		const query = this.#query;
		if (query === undefined) return;
		this.#query = undefined;
		const { name } = this.#response;
		name.length = Buffer.from(query.name.toLowerCase().replace(/\.$/, "").slice(0, LONGEST_NAME)).copy(name.bytes);
		if (writeAddress(query.client, this.#address, 0) && query.time >= 0)
			this.#table.learn(this.#keyAt(this.#address, 0), this.#response, query.time);
		this.#response.addresses = 0;
	}

	#keyAt(addresses: Uint8Array, at: number): AddressKey {
		return addressKey(this.#readWords(addresses, at), this.#words, 0);
	}

	/** Reads an address of 16 bytes into words in network order; returns its version. */
	#readWords(bytes: Uint8Array, at: number): 4 | 6 {
		const words = this.#words;
		const isFour = isIPv4(bytes, at);
		for (let k = 0; k < 4; k++) words[k] = isFour && k > 0 ? 0 : wordAt(bytes, isFour ? at + 8 : at + 4 * k);
		return isFour ? 4 : 6;
	}
}

function wordAt(bytes: Uint8Array, at: number): number {
	return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
