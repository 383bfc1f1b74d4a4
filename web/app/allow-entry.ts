import type { ApiIncident, Entry } from "../../src/server/api-types.ts";

export type AllowScope = "host" | "host-and-pools";

/** The entry that the action `allow` makes of an incident, to test what it would have covered. */
export function entryFor(
	incident: Pick<ApiIncident, "host" | "pools">,
	scope: AllowScope,
	{ reason, owner, until }: { readonly reason: string; readonly owner: string; readonly until: string },
): Entry {
	const pools = incident.pools.map(({ serverName, address, port }) => serverName ?? endpoint(address, port));
	return {
		// The schema wants words in both; a test needs none.
		reason: reason.trim() || "test",
		owner: owner.trim() || "test",
		until,
		hosts: [incident.host.address],
		...(scope === "host-and-pools" && pools.length > 0 && { pools: [...new Set(pools)] }),
	};
}

function endpoint(address: string, port: number): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
