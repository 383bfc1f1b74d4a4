import { COIN_OF_WORD } from "../mining/coin-words.ts";
import type { MiningProtocol } from "../mining/index.ts";
import { tlsOfScheme } from "./plain-list.ts";
import { type ListPart, parseHost, parsePort } from "./pool-endpoint.ts";

/** Names of each field in lists, the usual one first. Compared in lower case. */
const NAMES = {
	host: ["address", "host", "domain", "hostname", "ip", "server", "url"],
	port: ["port", "ports"],
	tls: ["tls", "ssl"],
	scheme: ["scheme", "transport"],
	protocol: ["protocol"],
	coin: ["coin", "currency", "symbol"],
	pool: ["pool", "pool_name", "name"],
	origin: ["origin"],
} as const;

type Field = keyof typeof NAMES;

/**
 * Whether the first line of a text is the header of a CSV list: it names a host and a port column, and has no host
 * itself.
 */
export function isStructuredHeader(names: readonly string[]): boolean {
	const has = (field: Field) => names.some((name) => (NAMES[field] as readonly string[]).includes(name.toLowerCase()));
	return has("host") && has("port");
}

/** One row after such a header; undefined for an empty row. */
export function readStructuredRow(
	header: readonly string[],
	line: string,
	ports: readonly number[],
): ListPart | undefined {
	if (line.trim() === "" || line.startsWith("#")) return undefined;
	const cells = splitCsv(line);
	return readStructuredValue(Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""])), ports);
}

/** One object of a JSON list, or a string in the form of a plain list's line. */
export function readStructuredValue(value: unknown, ports: readonly number[]): ListPart {
	if (typeof value !== "object" || value === null) return "is not an object";
	const members = new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
	const field = (name: Field): string => {
		const found = NAMES[name]
			.map((each) => members.get(each))
			.find((member) => member !== undefined && member !== null && member !== "");
		return found === undefined ? "" : Array.isArray(found) ? found.join(" ") : String(found).trim();
	};
	const host = parseHost(field("host"));
	if (host === undefined) return `${field("host") || "nothing"} is not a host`;
	const words = field("port")
		.split(/[\s,;|]+/)
		.filter((word) => word !== "");
	const parsed = words.map(parsePort);
	if (parsed.includes(undefined)) return `${words[parsed.indexOf(undefined)]} is not a port`;
	const tls = tlsOf(field("tls")) ?? tlsOfScheme(field("scheme"));
	const protocol = protocolOf(field("protocol"));
	const coin = coinOf(field("coin"));
	const pool = field("pool");
	const origin = field("origin");
	return (words.length > 0 ? (parsed as number[]) : ports).map((port) => ({
		host,
		port,
		...(tls !== undefined && { tls }),
		...(protocol !== undefined && { protocol }),
		...(coin !== undefined && { coin }),
		...(pool !== "" && pool !== field("host") && { pool }),
		...(origin !== "" && { origin }),
	}));
}

function tlsOf(text: string): boolean | undefined {
	if (/^(1|true|yes|tls|ssl)$/i.test(text)) return true;
	return /^(0|false|no|plain|tcp)$/i.test(text) ? false : undefined;
}

const PROTOCOLS: ReadonlySet<string> = new Set<MiningProtocol>([
	"stratum",
	"ethereum-stratum",
	"zcash-stratum",
	"eth-proxy",
	"monero-stratum",
	"grin-stratum",
	"getwork",
	"getblocktemplate",
	"web-miner",
	"stratum-v2",
	"beam-stratum",
	"ckb-stratum",
	"duino-coin",
	"ironfish-stratum",
	"kadena-mining",
	"nimiq-pool",
	"pascal-stratum",
	"quai-stratum",
	"signum-mining",
	"veriblock-ucp",
	"xatum",
	"xelis-getwork",
]);

function protocolOf(text: string): MiningProtocol | undefined {
	return PROTOCOLS.has(text.toLowerCase()) ? (text.toLowerCase() as MiningProtocol) : undefined;
}

/** A coin by name, ticker or algorithm; an unknown coin keeps its name in the list. */
function coinOf(text: string): string | undefined {
	if (text === "" || /^(unknown|multi|none|-)$/i.test(text)) return undefined;
	return COIN_OF_WORD.get(text.toLowerCase().replaceAll(/[^a-z0-9]/g, "")) ?? text.slice(0, 40);
}

/** The cells of one line of CSV (RFC 4180, without line feeds in quotes), or of one separated by tabs or semicolons. */
export function splitCsv(line: string): string[] {
	const separator = line.includes("\t") ? "\t" : line.includes(",") ? "," : ";";
	const cells: string[] = [];
	let cell = "";
	let quoted = false;
	for (let i = 0; i < line.length; i++) {
		const character = line[i]!;
		if (character === '"') {
			if (quoted && line[i + 1] === '"') cell += line[i++];
			else quoted = !quoted;
		} else if (character === separator && !quoted) {
			cells.push(cell.trim());
			cell = "";
		} else cell += character;
	}
	cells.push(cell.trim());
	return cells;
}
