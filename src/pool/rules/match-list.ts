import type { VerifiedPool } from "../verified-pool.ts";

/** A list for matching with flow records; the header has the form of NEMEA's logger. */
export function matchListCsv(pools: readonly VerifiedPool[]): string {
	const rows = pools.map(({ address, port, protocol, coin, pool, host }) =>
		[address, port, TCP, ...[protocol, pool ?? host, coin ?? ""].map(quoted)].join(","),
	);
	return `${[HEADER, ...rows].join("\n")}\n`;
}

const HEADER = "ipaddr DST_IP,uint16 DST_PORT,uint8 PROTOCOL,string MINING_PROTOCOL,string POOL,string COIN";
const TCP = 6;

function quoted(text: string): string {
	return `"${text.replaceAll(/[\r\n]+/g, " ").replaceAll('"', '""')}"`;
}
