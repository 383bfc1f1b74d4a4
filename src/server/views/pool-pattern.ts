import { isIPv6 } from "node:net";
import type { PoolOfIncident } from "../../incident/incident.ts";

/**
 * A pattern for allowlists that matches this pool only. A server name comes from the network: with a character that
 * patterns understand, such as `*`, it would match others, and the address stands for it.
 */
export function poolPatternOf({ serverName, address, port }: PoolOfIncident): string {
	if (
		serverName !== undefined &&
		/^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)+$/u.test(serverName) &&
		/\p{L}/u.test(serverName)
	) {
		return `${serverName}:${port}`;
	}
	return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
