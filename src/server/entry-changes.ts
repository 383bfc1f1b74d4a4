import { DEFAULT_VALIDITY, entryId } from "../incident/allowlist.ts";
import type { AllowlistEntry } from "../incident/allowlist-schema.ts";
import type { ServerContext } from "./context.ts";
import { notFound, Refusal } from "./refusal.ts";

/** The source of entries that were made here, in the store's books. */
export const API_SOURCE = "api";

/** The day on which an entry ends that says nothing of it. Written down: loading it again must not prolong it. */
export function defaultUntil(now: number): string {
	return new Date(now + DEFAULT_VALIDITY).toISOString().slice(0, 10);
}

/** Puts the entry into the books; `allowlistChanged` of the view must follow. Returns its identifier. */
export async function putEntry({ view }: ServerContext, entry: AllowlistEntry): Promise<string> {
	const id = entryId(entry);
	const known = (await view.store.ask("books", "allowlist")).find((each) => each.id === id);
	if (known && known.source !== API_SOURCE) {
		throw new Refusal(409, "entry-of-file", `the same entry is in ${known.source}: change it there`);
	}
	await view.store.ask("books", "putAllowlistEntry", id, API_SOURCE, entry, view.sender.now());
	return id;
}

/** The entry as it is in the books. Throws if there is none, or if it comes from a file. */
export async function editableEntry({ view }: ServerContext, id: string): Promise<AllowlistEntry> {
	const known = (await view.store.ask("books", "allowlist")).find((each) => each.id === id);
	if (known === undefined) throw notFound("allowlist entry");
	if (known.source !== API_SOURCE) {
		throw new Refusal(409, "entry-of-file", `the entry comes from ${known.source}: change it there`);
	}
	return known.entry as AllowlistEntry;
}
