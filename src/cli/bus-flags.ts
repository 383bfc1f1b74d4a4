import { hostname } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { parseBusAddress } from "../bus/bus-address.ts";
import { reasonOf } from "../bytes/error.ts";

export interface BusFlags {
	readonly bus: string;
}

/** The option of every command that uses a bus. */
export function addBusFlag(command: Command): Command {
	return command.requiredOption("--bus <address>", "servers of the bus, as nats://HOST[:PORT],HOST[:PORT]", busAddress);
}

function busAddress(text: string): string {
	try {
		parseBusAddress(text);
		return text;
	} catch (error) {
		throw new InvalidArgumentError(reasonOf(error));
	}
}

/** A name that is part of subjects. */
export function nodeName(text: string): string {
	if (!/^[\w-]{1,64}$/.test(text)) throw new InvalidArgumentError("It must be 1 to 64 letters, digits, - or _.");
	return text;
}

/** What a program is called on the bus if nobody says it: the machine and the process. */
export function defaultNodeName(): string {
	return `${hostname()
		.replace(/[^\w-]/g, "-")
		.slice(0, 40)}-${process.pid}`;
}

/** A number of MiB as bytes. */
export function mebibytes(text: string): number {
	const value = Number(text);
	if (!/^\d+$/.test(text.trim()) || value < 1 || value > 2 ** 32)
		throw new InvalidArgumentError("It must be a whole number of MiB above 0.");
	return value * 2 ** 20;
}
