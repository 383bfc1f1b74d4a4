import { ADDRESS_LENGTH, addressBytes, isIPv4 } from "./address.ts";

/** A network in CIDR notation; `first` and `last` are its bounds, 16 bytes each as in `FlowColumns.addresses`. */
export interface Network {
	readonly text: string;
	readonly first: Uint8Array;
	readonly last: Uint8Array;
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32` or one address. Undefined if `text` is not a network; bits after the prefix must
 * be 0, because `10.1.2.3/8` is more often a mistake than the network `10.0.0.0/8`.
 */
export function parseNetwork(text: string): Network | undefined {
	const [address, prefixText, ...rest] = text.split("/");
	const first = addressBytes(address!);
	if (first === undefined || rest.length > 0) return undefined;
	const isFour = isIPv4(first, 0) && !address!.includes(":");
	const width = isFour ? 32 : 128;
	if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
	const prefix = prefixText === undefined ? width : Number(prefixText);
	if (prefix > width) return undefined;
	const last = first.slice();
	const begin = isFour ? 8 : 0;
	for (let bit = prefix; bit < width; bit++) {
		const mask = 0x80 >> (bit & 7);
		const byte = begin + (bit >> 3);
		if ((first[byte]! & mask) !== 0) return undefined;
		last[byte] = last[byte]! | mask;
	}
	return { text, first, last };
}

/** Tests whether addresses are in any of a list of networks: sorted disjoint ranges and binary search. */
export class NetworkList {
	readonly size: number;
	readonly #four: Ranges;
	readonly #six: Ranges;

	constructor(networks: readonly Network[]) {
		this.size = networks.length;
		const isFour = ({ first, text }: Network) => isIPv4(first, 0) && !text.includes(":");
		this.#four = rangesOf(networks.filter(isFour));
		this.#six = rangesOf(networks.filter((network) => !isFour(network)));
	}

	/** `offset`: the first of the 16 bytes of the address. */
	contains(addresses: Uint8Array, offset: number): boolean {
		return isInside(isIPv4(addresses, offset) ? this.#four : this.#six, addresses, offset);
	}

	/** False if `address` is not an address. */
	containsText(address: string): boolean {
		const bytes = addressBytes(address);
		return bytes !== undefined && this.contains(bytes, 0);
	}
}

interface Ranges {
	readonly count: number;
	readonly firsts: Uint8Array;
	readonly lasts: Uint8Array;
}

function rangesOf(networks: readonly Network[]): Ranges {
	const sorted = networks.toSorted((a, b) => compare(a.first, 0, b.first, 0) || compare(b.last, 0, a.last, 0));
	const firsts = new Uint8Array(sorted.length * ADDRESS_LENGTH);
	const lasts = new Uint8Array(sorted.length * ADDRESS_LENGTH);
	let count = 0;
	for (const { first, last } of sorted) {
		// Networks are disjoint or nested: a nested one follows the one that contains it.
		if (count > 0 && compare(last, 0, lasts, (count - 1) * ADDRESS_LENGTH) <= 0) continue;
		firsts.set(first, count * ADDRESS_LENGTH);
		lasts.set(last, count * ADDRESS_LENGTH);
		count++;
	}
	return { count, firsts, lasts };
}

function isInside({ count, firsts, lasts }: Ranges, addresses: Uint8Array, offset: number): boolean {
	let low = 0;
	let high = count;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (compare(firsts, middle * ADDRESS_LENGTH, addresses, offset) <= 0) low = middle + 1;
		else high = middle;
	}
	return low > 0 && compare(addresses, offset, lasts, (low - 1) * ADDRESS_LENGTH) <= 0;
}

function compare(a: Uint8Array, aOffset: number, b: Uint8Array, bOffset: number): number {
	for (let i = 0; i < ADDRESS_LENGTH; i++) {
		const difference = a[aOffset + i]! - b[bOffset + i]!;
		if (difference !== 0) return difference;
	}
	return 0;
}
