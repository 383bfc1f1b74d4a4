import { KNOWN_POOLS, type KnownPool } from "./known-pools.ts";

/**
 * The known pool of a host name (lower case); undefined for other hosts and for the bare domain, the pool's web site.
 */
export function poolOfHost(host: string): KnownPool | undefined {
	for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
		const pool = KNOWN_POOLS.get(host.slice(dot + 1));
		if (pool !== undefined) return host.slice(0, dot) === "www" ? undefined : pool;
	}
	return undefined;
}
