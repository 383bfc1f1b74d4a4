import { isIP } from "node:net";
import { DeCryptoError } from "../bytes/error.ts";
import type { MiningProtocol } from "../mining/index.ts";
import { splitCsv } from "./structured-list.ts";

/** An address and port at which a pool answered. */
export interface VerifiedPool {
	readonly address: string;
	readonly port: number;
	readonly tls: boolean;
	readonly protocol: MiningProtocol;
	readonly coin?: string;
	readonly pool?: string;
	/** The name in the list that resolved to the address; the address itself if the list has that. */
	readonly host: string;
	/** Milliseconds until the answer. */
	readonly latency: number;
	/** Names in the server's certificate. */
	readonly certificateNames: readonly string[];
	/** Time of the answer, ISO 8601. */
	readonly verified: string;
}

const HEADER = "address,port,tls,protocol,coin,pool,host,latency_ms,certificate_names,verified";
const COLUMNS = HEADER.split(",").length;

/** A list of verified pools as CSV: one line each, in the order of address and port. It is also a valid input list. */
export function verifiedCsv(pools: readonly VerifiedPool[]): string {
	const sorted = [...pools].sort(
		(a, b) => compare(a.address, b.address) || a.port - b.port || Number(a.tls) - Number(b.tls),
	);
	const rows = sorted.map((pool) =>
		[
			pool.address,
			pool.port,
			pool.tls ? "yes" : "no",
			pool.protocol,
			pool.coin ?? "",
			pool.pool ?? "",
			pool.host,
			pool.latency,
			pool.certificateNames.join(" "),
			pool.verified,
		].map(cell),
	);
	return `${[HEADER, ...rows.map((row) => row.join(","))].join("\n")}\n`;
}

export function isVerifiedList(text: string): boolean {
	return (
		text
			.replace(/^\ufeff/, "")
			.split(/\r?\n/, 1)[0]!
			.trim() === HEADER
	);
}

/**
 * Reads the output of {@link verifiedCsv}. An invalid row is skipped, and `refused` receives the reason with its line.
 * Throws (code `pool-list`) if the header differs.
 */
export function readVerified(text: string, name: string, refused: (line: string) => void = () => {}): VerifiedPool[] {
	const [, ...lines] = text.split(/\r?\n/);
	if (!isVerifiedList(text)) {
		throw new DeCryptoError("pool-list", `${name}: not a list of verified pools; make one with decrypto pools verify`);
	}
	return lines.flatMap((line, i) => {
		if (line.trim() === "") return [];
		const cells = splitCsv(line);
		const problem = problemOf(cells);
		if (problem !== undefined) {
			refused(`${name}: line ${i + 2}: ${problem}`);
			return [];
		}
		const [address, port, tls, protocol, coin, pool, host, latency, names, verified] = cells;
		return [
			{
				address: address!,
				port: Number(port),
				tls: tls === "yes",
				protocol: protocol as MiningProtocol,
				...(coin && { coin }),
				...(pool && { pool }),
				host: host || address!,
				latency: Number(latency) || 0,
				certificateNames: names ? names.split(" ") : [],
				verified: verified ?? "",
			},
		];
	});
}

/** Why the cells of a row are not a verified pool. Rules contain address and port: both must be strictly valid. */
function problemOf(cells: readonly string[]): string | undefined {
	const [address = "", port = ""] = cells;
	if (cells.length !== COLUMNS) return `${cells.length} columns in place of ${COLUMNS}`;
	// An address with a zone is on a link of this machine, and no rule can contain it.
	if (isIP(address) === 0 || address.includes("%")) return "not an address";
	if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) return "not a port";
	return undefined;
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** RFC 4180; line feeds, which names do not need, become spaces. */
function cell(value: string | number): string {
	const text = String(value).replaceAll(/[\r\n]+/g, " ");
	return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
