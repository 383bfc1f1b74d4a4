import { NetworkList, parseNetwork } from "../flow/networks.ts";
import type { CoveredPool } from "./coverage.ts";
import { endpointKey } from "./pool-state.ts";

export type PoolPattern = (pool: CoveredPool) => boolean;

/**
 * A server name with `*` for any text (`*.pool.example`), or a network (`203.0.113.0/24`, `[2001:db8::]/32`), each with an
 * optional port. Undefined if `text` is neither. A pattern matches a pool if it matches all its addresses.
 */
export function parsePoolPattern(text: string): PoolPattern | undefined {
	const address = /^\[([0-9A-Fa-f:.]+)\](\/\d+)?(?::(\d+))?$/.exec(text) ?? /^([\d.]+)(\/\d+)?(?::(\d+))?$/.exec(text);
	if (address) return networkPattern(`${address[1]}${address[2] ?? ""}`, address[3]);
	if (/^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(\/\d+)?$/.test(text) && text.split(":").length > 2)
		return networkPattern(text, undefined);
	const name = /^([\p{L}\p{N}*_.-]+)(?::(\d+))?$/u.exec(text);
	if (name === null || (name[2] !== undefined && !isPort(name[2]))) return undefined;
	const pieces = name[1]!.toLowerCase().split("*");
	const port = name[2] === undefined ? undefined : Number(name[2]);
	return (pool) =>
		(pieces.join("") === "" || (pool.serverName !== undefined && matches(pieces, pool.serverName.toLowerCase()))) &&
		(port === undefined || endpointsOf(pool).every((each) => each.port === port));
}

function networkPattern(networkText: string, portText: string | undefined): PoolPattern | undefined {
	const network = parseNetwork(networkText);
	if (network === undefined || (portText !== undefined && !isPort(portText))) return undefined;
	const list = new NetworkList([network]);
	const port = portText === undefined ? undefined : Number(portText);
	return (pool) =>
		endpointsOf(pool).every((each) => list.containsText(each.address) && (port === undefined || each.port === port));
}

function endpointsOf(pool: CoveredPool): { address: string; port: number }[] {
	return (pool.endpoints ?? [endpointKey(pool)]).map((text) => {
		const colon = text.lastIndexOf(":");
		return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
	});
}

function isPort(text: string): boolean {
	return Number(text) >= 1 && Number(text) <= 65_535;
}

/** Whether `text` is the pieces in order with anything between them. Linear: text from the network must not cost more. */
function matches(pieces: readonly string[], text: string): boolean {
	if (pieces.length === 1) return text === pieces[0];
	const [first, last] = [pieces[0]!, pieces.at(-1)!];
	if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
	const end = text.length - last.length;
	let at = first.length;
	for (const piece of pieces.slice(1, -1)) {
		const found = text.indexOf(piece, at);
		if (found < 0 || found + piece.length > end) return false;
		at = found + piece.length;
	}
	return true;
}
