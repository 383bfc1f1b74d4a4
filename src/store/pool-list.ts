import type { DatabaseSync } from "node:sqlite";
import { readCursor, writeCursor } from "./incident-query.ts";

/** One pool over all incidents. Times are microseconds since the epoch. */
export interface ListedPool {
	/** The server name, else `address:port`. */
	readonly key: string;
	readonly coins: readonly string[];
	readonly hosts: number;
	readonly openHosts: number;
	readonly flows: number;
	readonly firstSeen: number;
	readonly lastSeen: number;
}

export interface PoolQuery {
	/** Only this pool. */
	readonly key?: string;
	/** Part of the key or the coin, in any case (of ASCII letters). */
	readonly text?: string;
	/** At most 1000; default 50. */
	readonly limit?: number;
	/** `next` of the page before. */
	readonly cursor?: string;
}

export interface PoolListPage {
	readonly pools: readonly ListedPool[];
	/** The cursor of the next page; absent on the last one. */
	readonly next?: string;
}

/** Last seen first. */
export function listPools(database: DatabaseSync, { key, text, limit = 50, cursor }: PoolQuery): PoolListPage {
	const size = Math.min(Math.max(Math.trunc(limit), 1), 1000);
	const conditions: string[] = [];
	const values: (string | number)[] = [];
	if (key !== undefined) {
		conditions.push("key = ?");
		values.push(key);
	}
	if (text !== undefined && text !== "") {
		const pattern = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
		conditions.push("(key LIKE ? ESCAPE '\\' OR coin LIKE ? ESCAPE '\\')");
		values.push(pattern, pattern);
	}
	let after = "";
	if (cursor !== undefined) {
		const [lastKey, lastSeen] = readCursor(cursor);
		after = "HAVING (max(p.last_seen), key) < (?, ?)";
		values.push(lastSeen, String(lastKey));
	}
	const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
	const rows = database
		.prepare(
			`SELECT key, json_group_array(DISTINCT coin) AS coins, count(DISTINCT host) AS hosts,
				count(DISTINCT CASE WHEN is_open = 1 THEN host END) AS open_hosts, sum(p.flows) AS flows,
				min(p.first_seen) AS first_seen, max(p.last_seen) AS last_seen
			FROM pools p JOIN incidents ON number = incident ${where}
			GROUP BY key ${after} ORDER BY max(p.last_seen) DESC, key DESC LIMIT ?`,
		)
		.all(...values, size + 1);
	const pools = rows.slice(0, size).map(
		(row): ListedPool => ({
			key: String(row.key),
			coins: (JSON.parse(String(row.coins)) as (string | null)[]).filter((coin) => coin !== null),
			hosts: Number(row.hosts),
			openHosts: Number(row.open_hosts),
			flows: Number(row.flows),
			firstSeen: Number(row.first_seen),
			lastSeen: Number(row.last_seen),
		}),
	);
	const last = rows.length > size ? pools.at(-1) : undefined;
	return last === undefined ? { pools } : { pools, next: writeCursor([last.key, last.lastSeen]) };
}
