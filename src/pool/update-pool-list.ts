import type { PoolEndpoint } from "./pool-endpoint.ts";

/** A maintained list and the name that its entries have as their origin. */
export interface MaintainedList {
	readonly name: string;
	readonly endpoints: readonly PoolEndpoint[];
}

export interface UpdatedList {
	/** In the order of the list that was updated, then what is new. */
	readonly endpoints: readonly PoolEndpoint[];
	readonly added: number;
	/** Entries that came from one of the lists and are in none of them any more; they are left out only when asked for. */
	readonly absent: number;
}

/**
 * The union by host and port of a list and of lists that others maintain. What an entry says stays, also its origin; a list
 * adds what it leaves open. Entries of other origins, or of none, are never absent.
 */
export function updatePoolList(
	known: readonly PoolEndpoint[],
	lists: readonly MaintainedList[],
	{ removesAbsent }: { readonly removesAbsent: boolean },
): UpdatedList {
	const entries = new Map(known.map((endpoint) => [keyOf(endpoint), endpoint]));
	const listed = new Set<string>();
	let added = 0;
	for (const { name, endpoints } of lists) {
		for (const endpoint of endpoints) {
			const key = keyOf(endpoint);
			const before = entries.get(key);
			listed.add(key);
			if (before === undefined) added++;
			entries.set(key, before === undefined ? { ...endpoint, origin: name } : completed(before, endpoint));
		}
	}
	const origins = new Set(lists.map(({ name }) => name));
	const isAbsent = (endpoint: PoolEndpoint) =>
		endpoint.origin !== undefined && origins.has(endpoint.origin) && !listed.has(keyOf(endpoint));
	const all = [...entries.values()];
	const absent = all.filter(isAbsent).length;
	return { endpoints: removesAbsent ? all.filter((endpoint) => !isAbsent(endpoint)) : all, added, absent };
}

/** An entry without an origin is the user's own, and stays so. */
function completed(before: PoolEndpoint, { origin: _, ...rest }: PoolEndpoint): PoolEndpoint {
	return { ...rest, ...before };
}

function keyOf({ host, port }: PoolEndpoint): string {
	return `${host} ${port}`;
}
