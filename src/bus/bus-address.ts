import { UsageError } from "../bytes/error.ts";

const SCHEME = "nats://";
const DEFAULT_PORT = 4222;

/** Servers of one bus, and what of it is meant: `nats://HOST[:PORT],HOST[:PORT]/flows`. */
export interface BusAddress {
	readonly servers: readonly string[];
	/** What stands behind the slash, empty where nothing does. */
	readonly path: string;
}

export function isBusAddress(text: string): boolean {
	return text.startsWith(SCHEME);
}

/** Throws a `UsageError` where the text names no servers. */
export function parseBusAddress(text: string): BusAddress {
	const [hosts, ...path] = text.slice(SCHEME.length).split("/");
	const servers = isBusAddress(text) && hosts ? hosts.split(",").map(withPort) : [];
	if (servers.length === 0 || servers.includes("")) {
		throw new UsageError(`${text}: name the servers of the bus, for example nats://10.0.0.1,10.0.0.2:4223`);
	}
	return { servers, path: path.join("/") };
}

/** `host:port`; IPv6 addresses stand in brackets. Empty where it is neither. */
function withPort(server: string): string {
	const [, host, port = String(DEFAULT_PORT)] = /^([\w.-]+|\[[\da-fA-F:.]+\])(?::(\d{1,5}))?$/.exec(server) ?? [];
	return host === undefined || Number(port) < 1 || Number(port) > 65_535 ? "" : `${host}:${port}`;
}
