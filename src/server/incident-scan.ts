import type { Incident } from "../incident/incident.ts";
import type { IncidentFilter } from "../store/incident-query.ts";
import type { IncidentStore } from "../store/incident-store.ts";

const PAGE = 500;

/** Incidents that meet the conditions, last seen first, page by page: the store answers others in between. */
export async function* scanIncidents(
	store: IncidentStore,
	filter: IncidentFilter,
): AsyncGenerator<readonly Incident[]> {
	let cursor: string | undefined;
	do {
		const page = await store.find({ ...filter, limit: PAGE, ...(cursor !== undefined && { cursor }) });
		if (page.incidents.length > 0) yield page.incidents;
		cursor = page.next;
	} while (cursor !== undefined);
}

/** The incidents of the last days that are looked at when something is tried out on the past. */
export const TRIED_DAYS = 30;
export const MOST_TRIED = 20_000;

/** `now`: milliseconds since the epoch. `isComplete` tells whether all incidents were visited. */
export async function visitRecent(
	store: IncidentStore,
	now: number,
	visit: (incidents: readonly Incident[]) => void,
): Promise<{ readonly visited: number; readonly isComplete: boolean }> {
	let visited = 0;
	for await (const incidents of scanIncidents(store, { since: (now - TRIED_DAYS * 86_400_000) * 1000 })) {
		visit(incidents);
		visited += incidents.length;
		if (visited >= MOST_TRIED) return { visited, isComplete: incidents.length < PAGE };
	}
	return { visited, isComplete: true };
}
