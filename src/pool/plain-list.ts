import { isIP } from "node:net";
import { type ListPart, type PoolEndpoint, parseHost, parsePort } from "./pool-endpoint.ts";

/** One line of a list without columns; undefined for a comment or an empty line. */
export function readPlainLine(line: string, ports: readonly number[]): ListPart | undefined {
	const text = line.replace(/(^|\s)(#|\/\/).*$/, "").trim();
	if (text === "" || text.startsWith("!") || text.startsWith(";")) return undefined;
	const blocked = /^\|\|([^/^$]+)\^?(?:\$.*)?$/.exec(text)?.[1];
	if (blocked !== undefined) return hostPorts(blocked, [], ports);
	const words = text.split(/[\s,]+/).filter((word) => word !== "");
	if (words.length === 0) return "has no host";
	if (words.length === 1) return address(words[0]!, ports);
	return !text.includes(",") && isHostsLine(words) ? hostsLine(words.slice(1), ports) : separated(words, ports);
}

/** hosts(5): the address to which blocked names resolve, then names. */
function isHostsLine(words: readonly string[]): boolean {
	return isIP(words[0]!) !== 0 && words.slice(1).some((word) => parsePort(word) === undefined);
}

const LOCAL_NAMES = new Set([
	"localhost",
	"localhost.localdomain",
	"local",
	"broadcasthost",
	"ip6-localhost",
	"ip6-loopback",
	"0.0.0.0",
]);

function hostsLine(names: readonly string[], ports: readonly number[]): ListPart {
	const parts = names.filter((name) => !LOCAL_NAMES.has(name)).map((name) => hostPorts(name, [], ports));
	return parts.find((part) => typeof part === "string") ?? (parts as PoolEndpoint[][]).flat();
}

/** `host,port,port…`, or the same with blanks. */
function separated(parts: readonly string[], ports: readonly number[]): ListPart {
	const [host, ...rest] = parts as [string, ...string[]];
	return host.includes(":") && isIP(host.replace(/^\[|\]$/g, "")) === 0
		? parts.map((part) => address(part, ports)).reduce(joinedParts)
		: hostPorts(host, rest, ports);
}

/** `host`, `host:port`, `[address]:port`, optionally with a scheme before it and a path after it. */
function address(text: string, ports: readonly number[]): ListPart {
	const [, scheme, rest] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/]*@)?([^/?#]*)/i.exec(text) as unknown as [
		string,
		string?,
		string?,
	];
	const authority = rest ?? "";
	const tls = scheme === undefined ? undefined : tlsOfScheme(scheme);
	if (isIP(authority) !== 0) return hostPorts(authority, [], ports, tls);
	const match = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(authority);
	if (!match) return `${authority || text} is not a host`;
	return hostPorts(match[1]!, match[2] === undefined ? [] : [match[2]], ports, tls);
}

/** Whether a scheme means TLS; `http`, on block lists of pages, means nothing. */
export function tlsOfScheme(scheme: string): boolean | undefined {
	const name = scheme.toLowerCase();
	if (/(ssl|tls)$/.test(name) || /\+(ssl|tls)/.test(name) || name === "https" || name === "wss") return true;
	return /tcp|stratum/.test(name) ? false : undefined;
}

function hostPorts(text: string, named: readonly string[], ports: readonly number[], tls?: boolean): ListPart {
	const host = parseHost(text);
	if (host === undefined) return `${text || "nothing"} is not a host`;
	const parsed = named.map(parsePort);
	const wrong = parsed.indexOf(undefined);
	if (wrong >= 0) return `${named[wrong] || "nothing"} is not a port`;
	const list = named.length > 0 ? (parsed as number[]) : ports;
	return list.map((port) => ({ host, port, ...(tls !== undefined && { tls }) }));
}

function joinedParts(first: ListPart, second: ListPart): ListPart {
	if (typeof first === "string") return first;
	return typeof second === "string" ? second : [...first, ...second];
}
