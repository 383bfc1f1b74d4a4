import { InvalidArgumentError } from "commander";
import { reasonOf } from "../bytes/error.ts";
import * as settings from "../detect/options-schema.ts";
import { addressBytes, addressText } from "../flow/address.ts";
import { type Network, parseNetwork } from "../flow/networks.ts";
import { parseDuration } from "../notify/quantities.ts";
import { networkTest } from "../run/network-test.ts";
import { argument } from "./detect-setting.ts";

export const probability = argument(settings.probability);
export const positiveInteger = argument(settings.positiveInteger);
export const seconds = argument(settings.seconds);

/** A whole number of at least 0. */
export function wholeNumber(text: string): number {
	const value = Number(text);
	if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value))
		throw new InvalidArgumentError("It must be a whole number.");
	return value;
}

/** Networks as `10.0.0.0/8,2001:db8::/32,192.0.2.7`: the text, checked. */
export function networks(text: string): string {
	try {
		networkTest(text);
		return text;
	} catch (error) {
		throw new InvalidArgumentError(reasonOf(error));
	}
}

/** Addresses as `10.0.0.7,2001:db8::7`, each written as incidents write it. */
export function addressList(text: string): readonly string[] {
	return text.split(",").map((part) => {
		const bytes = addressBytes(part.trim());
		if (bytes === undefined) throw new InvalidArgumentError(`${part.trim() || "An empty text"} is no address.`);
		return addressText(bytes, 0);
	});
}

/** Networks as `10.0.0.0/8,2001:db8::/32`. */
export function networkArray(text: string): readonly Network[] {
	return networks(text)
		.split(",")
		.map((part) => parseNetwork(part.trim())!);
}

/** Networks with their names, as `HPC=10.3.0.0/16,office=10.4.0.0/16`: the text, checked. */
export function namedNetworks(text: string): string {
	for (const part of text.split(",")) {
		const [name, network, ...rest] = part.split("=");
		if (!name?.trim() || rest.length > 0 || parseNetwork(network?.trim() ?? "") === undefined)
			throw new InvalidArgumentError(`${part.trim() || "An empty text"} is no NAME=NETWORK such as HPC=10.3.0.0/16.`);
	}
	return text;
}

/** A time as `2026-03-01`, `2026-03-01T12:00:00Z` or an age such as `7d`: microseconds since the epoch. */
export function moment(text: string): number {
	const age = parseDuration(text);
	if (age !== undefined) return (Date.now() - age) * 1000;
	const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(text);
	const time = isTime ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(time))
		throw new InvalidArgumentError(
			"It must be a time such as 2026-03-01 or 2026-03-01T12:00:00Z, or an age such as 7d.",
		);
	return time * 1000;
}

/** A TCP or UDP port. */
export function portNumber(text: string): number {
	const port = Number(text.trim());
	if (!/^\d{1,5}$/.test(text.trim()) || port < 1 || port > 65535)
		throw new InvalidArgumentError(`${text || "Nothing"} is no port.`);
	return port;
}
