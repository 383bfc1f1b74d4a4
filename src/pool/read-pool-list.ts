import { readPlainLine } from "./plain-list.ts";
import type { ListPart, PoolEndpoint } from "./pool-endpoint.ts";
import { isStructuredHeader, readStructuredRow, readStructuredValue, splitCsv } from "./structured-list.ts";

/** The content of a list, and every entry of it that could not be used. */
export interface PoolList {
	readonly endpoints: readonly PoolEndpoint[];
	readonly rejected: readonly RejectedLine[];
}

export interface RejectedLine {
	/** Line of a text, counted from 1; for a JSON document the entry's position. */
	readonly line: number;
	readonly text: string;
	readonly reason: string;
}

/** Ports to probe if a list has only hosts: those on which pools commonly listen. */
export const COMMON_POOL_PORTS: readonly number[] = [
	3333, 4444, 5555, 7777, 8080, 443, 80, 9000, 10128, 12433, 14433, 14444, 17777, 20128, 20535,
];

/**
 * Reads a list, recognised by its content: JSON (an array of objects), CSV with a header that names host and port, or
 * lines: `host:port`, `host,port,port…`, `host port`, `stratum+tcp://host:port`, a host alone, hosts files, `||host^`
 * of block lists; `#`, `!` and `;` begin comments. A host without a port gets each of `ports`. Malformed entries do not
 * throw.
 */
export function readPoolList(text: string, ports: readonly number[] = COMMON_POOL_PORTS): PoolList {
	const body = text.replace(/^\ufeff/, "");
	return /^\s*[[{]\s*["{[\]}]/.test(body) ? readJson(body, ports) : readLines(body, ports);
}

function readJson(text: string, ports: readonly number[]): PoolList {
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch (error) {
		return {
			endpoints: [],
			rejected: [{ line: 1, text: excerpt(text), reason: `not JSON: ${(error as Error).message}` }],
		};
	}
	const list = Array.isArray(document) ? document : firstArrayIn(document);
	const parts = list.map(
		(entry, i) => [i + 1, excerpt(JSON.stringify(entry) ?? ""), readStructuredValue(entry, ports)] as const,
	);
	return collected(parts);
}

/** `{"pools": [ … ]}`: the first member that is an array. */
function firstArrayIn(document: unknown): readonly unknown[] {
	const arrays = typeof document === "object" && document !== null ? Object.values(document).filter(Array.isArray) : [];
	return arrays[0] ?? [document];
}

function readLines(text: string, ports: readonly number[]): PoolList {
	const lines = text.split(/\r\n|\n|\r/);
	const first = lines.findIndex((line) => line.trim() !== "" && !/^[#!;]/.test(line.trim()));
	const header = first < 0 ? [] : splitCsv(lines[first]!);
	const structured = isStructuredHeader(header);
	const parts: (readonly [number, string, ListPart])[] = [];
	for (const [i, line] of lines.entries()) {
		if (structured && i <= first) continue;
		const part = structured ? readStructuredRow(header, line, ports) : readPlainLine(line, ports);
		if (part !== undefined) parts.push([i + 1, excerpt(line.trim()), part]);
	}
	return collected(parts);
}

function collected(parts: Iterable<readonly [line: number, text: string, part: ListPart]>): PoolList {
	const endpoints = new Map<string, PoolEndpoint>();
	const rejected: RejectedLine[] = [];
	for (const [line, text, part] of parts) {
		if (typeof part === "string") rejected.push({ line, text, reason: part });
		else for (const endpoint of part) addTo(endpoints, endpoint);
	}
	return { endpoints: [...endpoints.values()], rejected };
}

/** An endpoint that a list has twice is one; the second adds its facts to the first. */
function addTo(endpoints: Map<string, PoolEndpoint>, endpoint: PoolEndpoint): void {
	const key = `${endpoint.host} ${endpoint.port}`;
	const known = endpoints.get(key);
	// With TLS once and without TLS the other time: unknown.
	const { tls, ...rest } = { ...endpoint, ...known };
	const agreed =
		known === undefined || endpoint.tls === undefined || known.tls === undefined || known.tls === endpoint.tls;
	endpoints.set(key, tls !== undefined && agreed ? { ...rest, tls } : rest);
}

function excerpt(text: string): string {
	return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
