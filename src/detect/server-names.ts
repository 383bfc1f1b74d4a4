import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { askedName } from "../mining/asked-name.ts";
import { TextMemory } from "../mining/text-memory.ts";
import { judgeName, mayTell, type NameJudgement } from "./server-name.ts";

/**
 * How the name of a server became known, best first: in the client's TLS or QUIC handshake; from the client's request to a
 * proxy (SOCKS, CONNECT); because this client resolved the server's address from it.
 */
export type NameOrigin = "handshake" | "proxy" | "dns";

/** A name that supports mining. */
export interface JudgedName extends NameJudgement {
	readonly origin: NameOrigin;
	/** Lower case; invalid UTF-8 as Latin-1. */
	readonly text: string;
}

/**
 * Discount of a name that was resolved: other servers share the address of a content-delivery network, and what is connected
 * to need not be what was resolved last.
 */
const RESOLVED_RELIABILITY = 0.9;

/** The column that has flow i's server name: TLS's, or QUIC's where TLS has none; undefined where neither was seen. */
export function serverNameColumn(flows: FlowColumns, i: number): ListColumn<Uint8Array> | undefined {
	const { serverName, extras } = flows;
	if (serverName.offsets[i] !== serverName.offsets[i + 1]) return serverName;
	const quic = extras.quicServerName;
	return quic !== undefined && quic.offsets[i] !== quic.offsets[i + 1] ? quic : undefined;
}

/** What the best known name of flow i's server says of mining; undefined where there is no name, or it says nothing. */
export function judgeServerName(flows: FlowColumns, i: number): JudgedName | undefined {
	const handshake = serverNameColumn(flows, i);
	if (handshake !== undefined) return judgeNameIn(handshake, i, namesOfHandshakes);
	return judgeAskedName(flows.payload, i) ?? judgeNameIn(flows.extras.resolvedName, i, resolvedNames);
}

/** SOCKS 4 and 5, and the C of CONNECT: the first bytes of requests to proxies. */
const SOCKS4 = 4;
const SOCKS5 = 5;
const LETTER_C = 0x43;

function judgeAskedName({ values, offsets }: ListColumn<Uint8Array>, i: number): JudgedName | undefined {
	const begin = offsets[i]!;
	const end = offsets[i + 1]!;
	const first = values[begin];
	if (begin === end || (first !== SOCKS4 && first !== SOCKS5 && first !== LETTER_C)) return undefined;
	const text = askedName(values, begin, end);
	return text === undefined ? undefined : judged(text, "proxy");
}

function judgeNameIn(
	column: ListColumn<Uint8Array> | undefined,
	i: number,
	memory: TextMemory<JudgedName | undefined>,
): JudgedName | undefined {
	if (column === undefined) return undefined;
	const begin = column.offsets[i]!;
	const end = column.offsets[i + 1]!;
	return mayTell(column.values, begin, end) ? memory.of(column.values, begin, end) : undefined;
}

/** Places, each for the last name of its hash: with more of them fewer names drive each other out. */
const REMEMBERED_NAMES = 1 << 16;

/** Few names that may tell come again and again, and each is judged once. */
const namesOfHandshakes = new TextMemory(REMEMBERED_NAMES, (text) => judged(text.toLowerCase(), "handshake"));
const resolvedNames = new TextMemory(REMEMBERED_NAMES, (text) => judged(text.toLowerCase(), "dns"));

function judged(text: string, origin: NameOrigin): JudgedName | undefined {
	const name = judgeName(text);
	if (name === undefined) return undefined;
	return { ...name, mass: origin === "dns" ? name.mass * RESOLVED_RELIABILITY : name.mass, origin, text };
}
