import { isIP } from "node:net";
import type { VerifiedPool } from "../verified-pool.ts";

/** Commands for `ipset restore`: sets of address and TCP port, one per version of IP. */
export function ipsetRules(pools: readonly VerifiedPool[]): string {
	const size = Math.max(65_536, 2 ** Math.ceil(Math.log2(pools.length + 1)));
	const create = (["4", "6"] as const).map(
		(version) =>
			`create decrypto-pools${version} hash:ip,port family inet${version === "6" ? "6" : ""} maxelem ${size} -exist`,
	);
	const add = pools.map(({ address, port }) => `add decrypto-pools${isIP(address)} ${address},tcp:${port} -exist`);
	return `${[...create, ...add].join("\n")}\n`;
}
