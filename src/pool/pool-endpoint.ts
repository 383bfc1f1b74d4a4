import { isIP } from "node:net";
import type { MiningProtocol } from "../mining/index.ts";

/** One entry of a list: a server of a pool, by name or address. */
export interface PoolEndpoint {
	/** Host name in lower case, or an address in its plain form. */
	readonly host: string;
	readonly port: number;
	/** Absent: unknown. */
	readonly tls?: boolean;
	readonly protocol?: MiningProtocol;
	readonly coin?: string;
	readonly pool?: string;
	/** The maintained list that it came from (decrypto pools update). */
	readonly origin?: string;
}

/** The result of one line or entry of a list: its endpoints, or the reason of its rejection. */
export type ListPart = readonly PoolEndpoint[] | string;

/** The host `text`, in lower case and without brackets or final dot; undefined if it is not a host. */
export function parseHost(text: string): string | undefined {
	const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
	if (isIP(bare) !== 0) return bare.includes("%") ? undefined : bare.toLowerCase();
	const name = text.toLowerCase().replace(/\.$/, "");
	return name.length <= 253 && name.split(".").every(isLabel) && !isDottedNumber(name) ? name : undefined;
}

/** A port, 1 … 65535; undefined for anything else. */
export function parsePort(text: string): number | undefined {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	return port >= 1 && port <= 65535 ? port : undefined;
}

/** RFC 1123, section 2.1, and the underscore allowed by DNS. */
function isLabel(label: string): boolean {
	return /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label);
}

/** `10.0.0.300` and `1234` are not names: the last label of a name is never a number (RFC 3696, section 2). */
function isDottedNumber(name: string): boolean {
	return /(^|\.)\d+$/.test(name);
}
