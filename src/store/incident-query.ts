import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { UsageError } from "../bytes/error.ts";
import { CONFIDENCES, type Confidence, type Incident, type IncidentSignal } from "../incident/incident.ts";

/** Which incidents. All given conditions must hold; several values of one condition are alternatives. */
export interface IncidentFilter {
	readonly state?: "open" | "closed";
	readonly confidence?: readonly Confidence[];
	readonly network?: readonly string[];
	readonly host?: readonly string[];
	/** Keys of pools: server names, or `address:port`. */
	readonly pool?: readonly string[];
	readonly coin?: readonly string[];
	readonly signal?: readonly IncidentSignal[];
	readonly allowlisted?: boolean;
	/** Running at some time within these bounds, microseconds since the epoch. */
	readonly since?: number;
	readonly until?: number;
	/** Words that all occur, each as the beginning of a word or of adjacent words (`10.1.` in `10.1.0.7`), in host, network, pools, coins, protocols, software, inputs. */
	readonly text?: string;
}

export const SORT_KEYS = ["lastSeen", "opened", "score", "confidence", "flows", "bytes", "host"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface IncidentQuery extends IncidentFilter {
	/** Default: `lastSeen`, descending. */
	readonly sort?: SortKey;
	readonly ascending?: boolean;
	/** At most 1000; default 50. */
	readonly limit?: number;
	/** `next` of the page before, with the same sort. */
	readonly cursor?: string;
}

export interface IncidentPage {
	readonly incidents: readonly Incident[];
	/** The cursor of the next page; absent on the last one. */
	readonly next?: string;
}

const COLUMNS: Readonly<Record<SortKey, string>> = {
	lastSeen: "last_seen",
	opened: "opened",
	score: "score",
	confidence: "confidence",
	flows: "flows",
	bytes: "bytes",
	host: "host",
};

interface Condition {
	readonly sql: string;
	readonly values: readonly SQLInputValue[];
}

export function findIncidents(database: DatabaseSync, query: IncidentQuery): IncidentPage {
	const column = COLUMNS[query.sort ?? "lastSeen"];
	const limit = Math.min(Math.max(Math.trunc(query.limit ?? 50), 1), 1000);
	const conditions = conditionsOf(query);
	if (query.cursor !== undefined) {
		const [value, number] = readCursor(query.cursor);
		const comparison = query.ascending ? ">" : "<";
		conditions.push({ sql: `(${column}, number) ${comparison} (?, ?)`, values: [value, number] });
	}
	const direction = query.ascending ? "ASC" : "DESC";
	const rows = database
		.prepare(
			`SELECT number, ${column} AS position, body FROM incidents ${whereOf(conditions)}
			ORDER BY ${column} ${direction}, number ${direction} LIMIT ?`,
		)
		.all(...valuesOf(conditions), limit + 1);
	const incidents = rows.slice(0, limit).map((row) => JSON.parse(String(row.body)) as Incident);
	const last = rows.length > limit ? rows[limit - 1] : undefined;
	if (last === undefined) return { incidents };
	return { incidents, next: writeCursor([last.position as string | number, Number(last.number)]) };
}

export function countIncidents(database: DatabaseSync, filter: IncidentFilter): number {
	const conditions = conditionsOf(filter);
	const sql = `SELECT count(*) AS count FROM incidents ${whereOf(conditions)}`;
	return Number(database.prepare(sql).get(...valuesOf(conditions))!.count);
}

function conditionsOf(filter: IncidentFilter): Condition[] {
	const { state, confidence, network, host, pool, coin, signal, allowlisted, since, until, text } = filter;
	const conditions: Condition[] = [];
	const add = (sql: string, ...values: SQLInputValue[]) => conditions.push({ sql, values });
	const anyOf = (values: readonly SQLInputValue[]) => `IN (${values.map(() => "?").join(", ")})`;
	// As literals: they let SQLite use the indexes of open incidents.
	if (state !== undefined) add(state === "open" ? "is_open = 1" : "is_open = 0");
	if (confidence?.length)
		add(`confidence ${anyOf(confidence)}`, ...confidence.map((each) => CONFIDENCES.indexOf(each)));
	if (network?.length) add(`network ${anyOf(network)}`, ...network);
	if (host?.length) add(`host ${anyOf(host)}`, ...host);
	if (pool?.length) add(`number IN (SELECT incident FROM pools WHERE key ${anyOf(pool)})`, ...pool);
	if (coin?.length) add(`number IN (SELECT incident FROM pools WHERE coin ${anyOf(coin)})`, ...coin);
	if (signal?.length) add(`number IN (SELECT incident FROM signals WHERE signal ${anyOf(signal)})`, ...signal);
	if (allowlisted !== undefined) add("allowed = ?", allowlisted ? 1 : 0);
	if (since !== undefined) add("last_seen >= ?", since);
	if (until !== undefined) add("opened < ?", until);
	const words = text?.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
	if (text !== undefined && text.trim() !== "") {
		if (words === undefined || words.length === 0) add("0");
		else
			add(
				"number IN (SELECT rowid FROM incident_text WHERE text MATCH ?)",
				words.map((each) => `"${each.replaceAll('"', "")}"*`).join(" "),
			);
	}
	return conditions;
}

function whereOf(conditions: readonly Condition[]): string {
	return conditions.length === 0 ? "" : `WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}`;
}

function valuesOf(conditions: readonly Condition[]): SQLInputValue[] {
	return conditions.flatMap(({ values }) => values);
}

export function writeCursor(position: readonly [value: string | number, number: number]): string {
	return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Cursors come back from clients: anything but what `writeCursor` wrote is a usage error. */
export function readCursor(cursor: string): [value: string | number, number: number] {
	try {
		const [value, number] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
		const isValue = typeof value === "string" || typeof value === "number";
		if (isValue && Number.isSafeInteger(number)) return [value, number as number];
	} catch {
		// The error below says it.
	}
	throw new UsageError("the cursor is not one that this store gave out", { cursor: cursor.slice(0, 100) });
}
