import { isIP } from "node:net";
import type { VerifiedPool } from "../verified-pool.ts";

/**
 * Two named sets of address and port in a table of their own, for `nft -f`; the reader adds the rules that use them.
 */
export function nftablesSets(pools: readonly VerifiedPool[]): string {
	const set = (version: 4 | 6): string => {
		const elements = pools
			.filter(({ address }) => isIP(address) === version)
			.map(({ address, port }) => `${address} . ${port}`);
		const list = elements.length > 0 ? `\t\telements = {\n\t\t\t${elements.join(",\n\t\t\t")}\n\t\t}\n` : "";
		return `\tset pools${version} {\n\t\ttype ipv${version}_addr . inet_service\n${list}\t}\n`;
	};
	return `${USAGE}table inet decrypto_pools {\n${set(4)}${set(6)}}\n`;
}

const USAGE = `# A rule that uses the sets, in a chain of this table:
#   ip daddr . tcp dport @pools4 log prefix "mining pool: "
#   ip6 daddr . tcp dport @pools6 log prefix "mining pool: "
`;
