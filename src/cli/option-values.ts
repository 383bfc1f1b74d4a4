import { BlockList, isIP } from "node:net";
import { InvalidArgumentError } from "commander";
import { addressText } from "../flow/address.ts";

/** A probability or threshold, 0 … 1. */
export function probability(text: string): number {
	const value = Number(text);
	if (text.trim() === "" || !(value >= 0 && value <= 1))
		throw new InvalidArgumentError("It must be a number from 0 to 1.");
	return value;
}

/** A whole number of at least 1. */
export function positiveInteger(text: string): number {
	const value = Number(text);
	if (!/^\d+$/.test(text.trim()) || value < 1 || !Number.isSafeInteger(value))
		throw new InvalidArgumentError("It must be a whole number above 0.");
	return value;
}

/** A whole number of at least 0. */
export function wholeNumber(text: string): number {
	const value = Number(text);
	if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value))
		throw new InvalidArgumentError("It must be a whole number.");
	return value;
}

/** A number of seconds above 0. */
export function seconds(text: string): number {
	const value = Number(text);
	if (text.trim() === "" || !(value > 0 && value <= 2 ** 31))
		throw new InvalidArgumentError("It must be a number of seconds above 0.");
	return value;
}

/** Tells whether the address whose 16 bytes stand at `offset` is in one of the networks. */
export type NetworkTest = (addresses: Uint8Array, offset: number) => boolean;

/** Networks as `10.0.0.0/8,2001:db8::/32,192.0.2.7`. */
export function networks(text: string): NetworkTest {
	const list = new BlockList();
	for (const network of text.split(",").map((part) => part.trim())) {
		const [address, prefix, ...rest] = network.split("/") as [string, string?, ...string[]];
		const version = isIP(address);
		const longest = version === 4 ? 32 : 128;
		const bits = prefix === undefined ? longest : /^\d+$/.test(prefix) ? Number(prefix) : Number.NaN;
		if (version === 0 || rest.length > 0 || !(bits <= longest))
			throw new InvalidArgumentError(`${network || "An empty text"} is no network; write for example 10.0.0.0/8.`);
		list.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
	}
	return (addresses, offset) => {
		const address = addressText(addresses, offset);
		return list.check(address, address.includes(":") ? "ipv6" : "ipv4");
	};
}

/** A TCP or UDP port. */
export function portNumber(text: string): number {
	const port = Number(text.trim());
	if (!/^\d{1,5}$/.test(text.trim()) || port < 1 || port > 65535)
		throw new InvalidArgumentError(`${text || "Nothing"} is no port.`);
	return port;
}
