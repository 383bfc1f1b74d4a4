import type { DatabaseSync } from "node:sqlite";
import { CONFIDENCES, type Confidence } from "../incident/incident.ts";

export interface Counted {
	readonly name: string;
	readonly incidents: number;
}

/** One hour of the strip. `from` in microseconds since the epoch. */
export interface HourOfStrip {
	readonly from: number;
	readonly opened: number;
	readonly closed: number;
	/** Incidents that were seen before the end of the hour and after its begin. */
	readonly running: number;
}

/** What the first screen shows. Counts are of open incidents. */
export interface Statistics {
	readonly open: number;
	readonly allowlisted: number;
	readonly byConfidence: Readonly<Record<Confidence, number>>;
	/** The 20 most frequent ones. */
	readonly byNetwork: readonly Counted[];
	readonly byCoin: readonly Counted[];
	readonly byPool: readonly Counted[];
	/** 24 hours up to `now`, oldest first. */
	readonly strip: readonly HourOfStrip[];
}

const HOUR = 3600e6;
const HOURS = 24;
const MOST_NAMES = 20;

/** `now`: microseconds since the epoch. */
export function statisticsAt(database: DatabaseSync, now: number): Statistics {
	const count = (sql: string, ...values: number[]) => Number(database.prepare(sql).get(...values)!.count);
	const names = (sql: string): Counted[] =>
		database
			.prepare(`${sql} GROUP BY name ORDER BY incidents DESC, name LIMIT ${MOST_NAMES}`)
			.all()
			.map((row) => ({ name: String(row.name), incidents: Number(row.incidents) }));
	const ofPools = (column: string) =>
		names(`SELECT ${column} AS name, count(DISTINCT incident) AS incidents FROM pools
			JOIN incidents ON number = incident WHERE is_open = 1 AND ${column} IS NOT NULL`);
	const byConfidence = CONFIDENCES.map((name, index) => [
		name,
		count("SELECT count(*) AS count FROM incidents WHERE is_open = 1 AND confidence = ?", index),
	]);
	const first = Math.floor(now / HOUR) - HOURS + 1;
	const strip = Array.from({ length: HOURS }, (_, i): HourOfStrip => {
		const from = (first + i) * HOUR;
		const until = from + HOUR;
		return {
			from,
			opened: count("SELECT count(*) AS count FROM incidents WHERE opened >= ? AND opened < ?", from, until),
			closed: count("SELECT count(*) AS count FROM incidents WHERE closed >= ? AND closed < ?", from, until),
			running: count("SELECT count(*) AS count FROM incidents WHERE last_seen >= ? AND opened < ?", from, until),
		};
	});
	return {
		open: count("SELECT count(*) AS count FROM incidents WHERE is_open = 1"),
		allowlisted: count("SELECT count(*) AS count FROM incidents WHERE is_open = 1 AND allowed = 1"),
		byConfidence: Object.fromEntries(byConfidence) as Statistics["byConfidence"],
		byNetwork: names(
			"SELECT network AS name, count(*) AS incidents FROM incidents WHERE is_open = 1 AND network IS NOT NULL",
		),
		byCoin: ofPools("coin"),
		byPool: ofPools("key"),
		strip,
	};
}
