import { InvalidArgumentError } from "commander";
import { reasonOf } from "../bytes/error.ts";
import { networkTest } from "../run/network-test.ts";

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

/** Networks as `10.0.0.0/8,2001:db8::/32,192.0.2.7`: the text, checked. */
export function networks(text: string): string {
	try {
		networkTest(text);
		return text;
	} catch (error) {
		throw new InvalidArgumentError(reasonOf(error));
	}
}

/** A TCP or UDP port. */
export function portNumber(text: string): number {
	const port = Number(text.trim());
	if (!/^\d{1,5}$/.test(text.trim()) || port < 1 || port > 65535)
		throw new InvalidArgumentError(`${text || "Nothing"} is no port.`);
	return port;
}
