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

/** Last seen first. What only incidents know is asked for the pools of the page alone. */
export function listPools(database: DatabaseSync, query: PoolQuery): PoolListPage {
	const limit = Math.min(Math.max(Math.trunc(query.limit ?? 50), 1), 1000);
	const rows = poolRows(database, query, limit + 1);
	const pools = rows.slice(0, limit).map((row): ListedPool => ({ ...row, ...hostsOf(database, row.key) }));
	const last = rows.length > limit ? pools.at(-1) : undefined;
	return last === undefined ? { pools } : { pools, next: writeCursor([last.key, last.lastSeen]) };
}

type PoolRow = Pick<ListedPool, "key" | "flows" | "firstSeen" | "lastSeen">;

function poolRows(database: DatabaseSync, { key, text, cursor }: PoolQuery, limit: number): PoolRow[] {
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
		after = "HAVING (max(last_seen), key) < (?, ?)";
		values.push(lastSeen, String(lastKey));
	}
	const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
	return database
		.prepare(
			`SELECT key, sum(flows) AS flows, min(first_seen) AS firstSeen, max(last_seen) AS lastSeen
			FROM pools ${where} GROUP BY key ${after} ORDER BY lastSeen DESC, key DESC LIMIT ?`,
		)
		.all(...values, limit) as unknown as PoolRow[];
}

function hostsOf(database: DatabaseSync, key: string): Pick<ListedPool, "coins" | "hosts" | "openHosts"> {
	const row = database
		.prepare(
			`SELECT json_group_array(DISTINCT coin) AS coins, count(DISTINCT host) AS hosts,
				count(DISTINCT CASE WHEN is_open = 1 THEN host END) AS open_hosts
			FROM pools JOIN incidents ON number = incident WHERE key = ?`,
		)
		.get(key)!;
	const coins = (JSON.parse(String(row.coins)) as (string | null)[]).filter((coin) => coin !== null);
	return { coins, hosts: Number(row.hosts), openHosts: Number(row.open_hosts) };
}
