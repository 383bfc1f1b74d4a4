import type { AddressKey, AskedName } from "./name-table.ts";

/** Most lines returned; one more line has the number of the others. */
const MOST_LINES = 20;

/**
 * One line for each name that passes `isTelling` and that a client queried without ever connecting to one of its
 * addresses: the connection was blocked, or is not visible here.
 */
export function unconnectedNames(asked: Iterable<AskedName>, isTelling: (name: string) => boolean): string[] {
	const found = [...asked].filter(({ name, isConnected }) => !isConnected && isTelling(name));
	const lines = found.slice(0, MOST_LINES).map(lineOf);
	if (found.length > MOST_LINES)
		lines.push(`${found.length - MOST_LINES} more names were asked for and not connected to`);
	return lines;
}

function lineOf({ client, name, times, isResolved }: AskedName): string {
	const count = times === 1 ? "once" : `${times} times`;
	const why = isResolved ? "and no connection to it was seen" : "and got no address";
	return `${clientText(client)} asked ${count} for the pool ${name}, ${why}`;
}

function clientText(key: AddressKey): string {
	if (typeof key === "number") return [24, 16, 8, 0].map((shift) => (key >>> shift) & 0xff).join(".");
	const groups = key.split(",").flatMap((word) => [(Number(word) >>> 16) & 0xffff, Number(word) & 0xffff]);
	// RFC 5952, 4.2: the longest run of zero groups is compressed; `URL` does that for a host.
	return new URL(`http://[${groups.map((group) => group.toString(16)).join(":")}]`).hostname.slice(1, -1);
}
