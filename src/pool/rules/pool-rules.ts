import { isIP } from "node:net";
import type { VerifiedPool } from "../verified-pool.ts";
import { bpfFilters } from "./bpf.ts";
import { ipsetRules } from "./ipset.ts";
import { matchListCsv } from "./match-list.ts";
import { nftablesSets } from "./nftables.ts";
import { type SidRange, suricataRules } from "./suricata.ts";

/** Formats of capture and filter rules, the values of `--format`. */
export const RULE_FORMATS = ["lines", "bpf", "nftables", "ipset", "suricata", "csv"] as const;
export type RuleFormat = (typeof RULE_FORMATS)[number];

export interface RuleOptions {
	/** Most characters of one BPF filter. */
	readonly bpfLength: number;
	/** Signature identifiers for Suricata rules. */
	readonly sids: SidRange;
}

/** 1,000,000 … 1,999,999 is Suricata's range for local rules. */
export const DEFAULT_RULES: RuleOptions = { bpfLength: 6000, sids: { first: 1_900_000, last: 1_999_999 } };

/**
 * Rules for these pools as lines of text. Throws (code `pool-rules`) if the options do not have enough identifiers or
 * length.
 */
export function poolRules(pools: readonly VerifiedPool[], format: RuleFormat, options: RuleOptions): string {
	const distinct = distinctEndpoints(pools);
	switch (format) {
		case "lines":
			return distinct.map(({ address, port }) => `${address} ${port}\n`).join("");
		case "bpf":
			return bpfFilters(distinct, options.bpfLength)
				.map((filter) => `${filter}\n`)
				.join("");
		case "nftables":
			return nftablesSets(distinct);
		case "ipset":
			return ipsetRules(distinct);
		case "suricata":
			return suricataRules(distinct, options.sids);
		case "csv":
			return matchListCsv(distinct);
	}
}

/** One entry per address and port, IPv4 first. */
function distinctEndpoints(pools: readonly VerifiedPool[]): VerifiedPool[] {
	const byKey = new Map(pools.map((pool) => [`${pool.address} ${pool.port}`, pool]));
	return [...byKey.values()].sort((a, b) => isIP(a.address) - isIP(b.address) || order(a, b));
}

function order(a: VerifiedPool, b: VerifiedPool): number {
	if (a.address === b.address) return a.port - b.port;
	return a.address < b.address ? -1 : 1;
}
