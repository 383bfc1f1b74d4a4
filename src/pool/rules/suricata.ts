import { DeCryptoError } from "../../bytes/error.ts";
import type { VerifiedPool } from "../verified-pool.ts";

/** First and last signature identifier, both included. */
export interface SidRange {
	readonly first: number;
	readonly last: number;
}

/** One alert per address and port, once an hour per client. Throws if the range has fewer identifiers than pools. */
export function suricataRules(pools: readonly VerifiedPool[], { first, last }: SidRange): string {
	if (pools.length > last - first + 1) {
		throw new DeCryptoError(
			"pool-rules",
			`${pools.length} rules need as many identifiers; ${first}-${last} has ${last - first + 1}`,
			{
				rules: pools.length,
				first,
				last,
			},
		);
	}
	return pools.map((pool, i) => `${rule(pool, first + i)}\n`).join("");
}

function rule(pool: VerifiedPool, sid: number): string {
	const { address, port, coin, protocol, tls, verified } = pool;
	const options = [
		`msg:"DeCrypto mining pool ${words(pool.pool ?? pool.host)}${coin ? ` (${words(coin)})` : ""}"`,
		"flow:established,to_server",
		"threshold:type limit, track by_src, count 1, seconds 3600",
		"classtype:coin-mining",
		`metadata:${metadata({ pool: pool.pool, coin, protocol, tls: tls ? "yes" : "no", verified: verified.slice(0, 10).replaceAll("-", "_") })}`,
		`sid:${sid}`,
		"rev:1",
	];
	return `alert tcp $HOME_NET any -> [${address}] ${port} (${options.join("; ")};)`;
}

function metadata(entries: Readonly<Record<string, string | undefined>>): string {
	return Object.entries(entries)
		.filter(([, value]) => value)
		.map(([name, value]) => `${name} ${words(value!).replaceAll(" ", "_")}`)
		.join(", ");
}

/** Removes characters that end an option or a quotation: names on lists are untrusted. */
function words(text: string): string {
	return text
		.replaceAll(/[^\w.()-]+/g, " ")
		.trim()
		.slice(0, 60);
}
