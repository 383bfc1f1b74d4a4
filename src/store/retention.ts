import type { DatabaseSync } from "node:sqlite";

export interface Retention {
	/** Closed incidents that were last seen longer ago are deleted. Milliseconds; default 90 days. */
	readonly keep: number;
	/** Bytes of the file without what waits in its log; the oldest closed incidents leave first. Default 2 GiB. */
	readonly size: number;
}

export const RETENTION: Retention = { keep: 90 * 86_400_000, size: 2 * 1024 ** 3 };

/** Incidents deleted in one transaction, so that writers do not wait long. */
const BATCH = 500;
const DAY = 86_400_000;
/** Days for which delivered notifications and audit records are remembered. */
const KEPT_IDS = 30;
const KEPT_AUDIT = 400;

/** Deletes what is too old, then the oldest until the file is small enough. Returns the number of incidents. */
export function enforceRetention(database: DatabaseSync, { keep, size }: Retention, now: number): number {
	let deleted = deleteWhile(database, () => (now - keep) * 1000);
	// Open incidents are never deleted; a file that they alone fill stays too large.
	deleted += deleteWhile(database, () => (usedBytes(database) > size ? Number.MAX_SAFE_INTEGER : undefined));
	database.prepare("DELETE FROM outbox WHERE notification IS NULL AND enqueued_at < ?").run(now - KEPT_IDS * DAY);
	database.prepare("DELETE FROM audit WHERE at < ?").run(now - KEPT_AUDIT * DAY);
	database.prepare("DELETE FROM sessions WHERE expires < ?").run(now);
	database.exec("PRAGMA incremental_vacuum");
	return deleted;
}

/** Bytes of pages in use. */
export function usedBytes(database: DatabaseSync): number {
	const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()![name]);
	return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

/** Deletes closed incidents last seen before `bound()` (microseconds), oldest first, until it is undefined. */
function deleteWhile(database: DatabaseSync, bound: () => number | undefined): number {
	const find = database.prepare(
		"SELECT number FROM incidents WHERE is_open = 0 AND last_seen < ? ORDER BY last_seen LIMIT ?",
	);
	const remove = database.prepare("DELETE FROM incidents WHERE number = ?");
	const removeText = database.prepare("DELETE FROM incident_text WHERE rowid = ?");
	let deleted = 0;
	for (;;) {
		const before = bound();
		const numbers = before === undefined ? [] : find.all(before, BATCH).map((row) => Number(row.number));
		if (numbers.length === 0) return deleted;
		database.exec("BEGIN IMMEDIATE");
		try {
			for (const number of numbers) {
				removeText.run(number);
				remove.run(number);
			}
			database.exec("COMMIT");
		} catch (error) {
			if (database.isTransaction) database.exec("ROLLBACK");
			throw error;
		}
		deleted += numbers.length;
	}
}
