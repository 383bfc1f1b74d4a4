import { Allowlist, DEFAULT_VALIDITY, entryId } from "../incident/allowlist.ts";
import { type AllowlistEntry, allowlistEntrySchema } from "../incident/allowlist-schema.ts";
import type { IncidentStore } from "../store/incident-store.ts";

/** The source of entries that people add while the daemon runs; others come from the configuration. */
export const API_SOURCE = "api";
const CONFIGURATION_SOURCE = "configuration";

/**
 * The allowlist in force: entries of the configuration and those added while the daemon runs. The store's books keep both,
 * with their hits, and since when an entry without `until` counts.
 */
export class AllowlistBook {
	readonly #store: IncidentStore;
	readonly #now: () => number;
	#current: Allowlist;

	constructor(store: IncidentStore, now: () => number) {
		this.#store = store;
		this.#now = now;
		this.#current = new Allowlist([], now());
	}

	get current(): Allowlist {
		return this.#current;
	}

	/** Goes by these entries of the configuration from now on. */
	async configure(entries: readonly AllowlistEntry[]): Promise<Allowlist> {
		const kept = new Set<string>();
		for (const entry of entries) {
			const id = entryId(entry);
			kept.add(id);
			await this.#store.ask("books", "putAllowlistEntry", id, CONFIGURATION_SOURCE, entry, this.#now());
		}
		for (const { id, source } of await this.#store.ask("books", "allowlist"))
			if (source !== API_SOURCE && !kept.has(id)) await this.#store.ask("books", "removeAllowlistEntry", id);
		return this.read();
	}

	/** Adds an entry, or replaces the one that says the same. Returns its identifier. */
	async add(entry: AllowlistEntry): Promise<string> {
		const id = entryId(entry);
		await this.#store.ask("books", "putAllowlistEntry", id, API_SOURCE, entry, this.#now());
		return id;
	}

	/** The books have changed. An entry that is not valid any more is left out. */
	async read(): Promise<Allowlist> {
		const stored = await this.#store.ask("books", "allowlist");
		const entries = stored.flatMap(({ entry, created }) => {
			const { success, data } = allowlistEntrySchema.safeParse(entry);
			return success ? [data.until === undefined ? { ...data, until: untilOf(created) } : data] : [];
		});
		this.#current = new Allowlist(entries, this.#now());
		return this.#current;
	}
}

/** When an entry expires that does not say it. */
function untilOf(created: number): string {
	return `${new Date(created + DEFAULT_VALIDITY).toISOString().slice(0, 19)}Z`;
}
