/** The conditions of the list of incidents, as they stand in the address and in the API's query. */
export const FILTERS = [
	"state",
	"confidence",
	"network",
	"host",
	"pool",
	"coin",
	"signal",
	"allowlisted",
	"since",
	"until",
	"text",
] as const;
export type FilterName = (typeof FILTERS)[number];

/** The conditions alone, for counts and exports. Unknown names in the address are left out. */
export function filterQuery(query: URLSearchParams): URLSearchParams {
	const known: readonly string[] = FILTERS;
	return new URLSearchParams([...query].filter(([name, value]) => known.includes(name) && value !== ""));
}

/** The query of a page of the list: conditions and order. */
export function listQuery(query: URLSearchParams, limit: number): URLSearchParams {
	const list = filterQuery(query);
	for (const name of ["sort", "ascending"]) {
		const value = query.get(name);
		if (value !== null) list.set(name, value);
	}
	list.set("limit", String(limit));
	return list;
}

/** The next order after a click on a column: descending first, then ascending. */
export function nextSort(query: URLSearchParams, column: string): { sort: string; ascending: string | undefined } {
	const isSorted = (query.get("sort") ?? "lastSeen") === column;
	return { sort: column, ascending: isSorted && query.get("ascending") !== "true" ? "true" : undefined };
}
