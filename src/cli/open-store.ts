import { existsSync } from "node:fs";
import { UsageError } from "../bytes/error.ts";
import type { Incident } from "../incident/incident.ts";
import type { IncidentQuery } from "../store/incident-query.ts";
import { IncidentStore } from "../store/incident-store.ts";

/** A store that is only read, also while another program writes it. Throws where there is none. */
export async function openStoreToRead(path: string): Promise<IncidentStore> {
	if (!existsSync(path)) throw new UsageError(`${path}: there is no such store; decrypto detect --store makes one`);
	return IncidentStore.open(path, { readOnly: true });
}

const PAGE = 500;

/** All incidents that the query asks for, page by page, at most `most`. */
export async function* incidentsOf(
	store: IncidentStore,
	query: IncidentQuery,
	most = Infinity,
): AsyncGenerator<Incident> {
	let left = most;
	let cursor: string | undefined;
	do {
		const limit = Math.min(PAGE, left);
		const page = await store.find({ ...query, limit, ...(cursor !== undefined && { cursor }) });
		yield* page.incidents;
		left -= page.incidents.length;
		cursor = page.next;
	} while (cursor !== undefined && left > 0);
}

export async function listOf(store: IncidentStore, query: IncidentQuery, most = Infinity): Promise<Incident[]> {
	const incidents: Incident[] = [];
	for await (const incident of incidentsOf(store, query, most)) incidents.push(incident);
	return incidents;
}
