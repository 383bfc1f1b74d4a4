import { isIP } from "node:net";
import type { VerifiedPool } from "../verified-pool.ts";

/**
 * Filters in pcap-filter(7) syntax that together match the pools' traffic, each at most `maxLength` characters: a
 * kernel limits programs to 4,096 instructions, and a term compiles to about ten. Run one capture per filter.
 */
export function bpfFilters(pools: readonly VerifiedPool[], maxLength: number): string[] {
	const filters: string[] = [];
	let terms: string[] = [];
	let length = FRAME.length;
	for (const term of termsOf(pools)) {
		if (terms.length > 0 && length + term.length + OR.length > maxLength) {
			filters.push(filterOf(terms));
			terms = [];
			length = FRAME.length;
		}
		terms.push(term);
		length += term.length + OR.length;
	}
	if (terms.length > 0) filters.push(filterOf(terms));
	return filters;
}

const OR = " or ";
const FRAME = "tcp and ()";
const PORTS_IN_TERM = 50;

/** One term per address, with its ports. */
function termsOf(pools: readonly VerifiedPool[]): string[] {
	const byAddress = Map.groupBy(pools, ({ address }) => address);
	return [...byAddress].flatMap(([address, entries]) => {
		const host = `${isIP(address) === 4 ? "ip" : "ip6"} host ${address}`;
		const ports = entries.map(({ port }) => `port ${port}`);
		const terms: string[] = [];
		for (let i = 0; i < ports.length; i += PORTS_IN_TERM) {
			const some = ports.slice(i, i + PORTS_IN_TERM);
			terms.push(`(${host} and ${some.length === 1 ? some[0] : `(${some.join(OR)})`})`);
		}
		return terms;
	});
}

function filterOf(terms: readonly string[]): string {
	return `tcp and (${terms.join(OR)})`;
}
