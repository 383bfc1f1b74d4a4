import { readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { Allowlist, entryId, readAllowlist } from "../incident/allowlist.ts";
import { type AllowlistEntry, allowlistEntrySchema } from "../incident/allowlist-schema.ts";
import type { IncidentStore } from "../store/incident-store.ts";

/** Entries that were made in the store itself, by the web UI or its API. */
const MADE_IN_STORE = "api";

export interface AllowlistFiles {
	readonly entries: readonly AllowlistEntry[];
	/** These entries, and those that were made in the store; the store counts the hits of all. */
	allowlist(store?: IncidentStore): Promise<Allowlist>;
}

/** Throws a located error for the first file that is no allowlist. */
export function readAllowlists(paths: readonly string[]): AllowlistFiles {
	const files = paths.map((path) => ({ path, entries: readAllowlist(path, textFile(path)) }));
	const entries = files.flatMap((file) => file.entries);
	return {
		entries,
		async allowlist(store) {
			const now = Date.now();
			if (store === undefined) return new Allowlist(entries, now);
			const stored = (await store.ask("books", "allowlist")).filter(({ source }) => source === MADE_IN_STORE);
			for (const { path, entries } of files)
				for (const entry of entries) await store.ask("books", "putAllowlistEntry", entryId(entry), path, entry, now);
			const made = stored.flatMap(({ entry }) => allowlistEntrySchema.safeParse(entry).data ?? []);
			return new Allowlist([...entries, ...made], now);
		},
	};
}

export function textFile(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		throw inContext(path, error);
	}
}
