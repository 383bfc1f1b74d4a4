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
	const states = database
		.prepare(
			`SELECT allowed, confidence, count(*) AS count FROM incidents INDEXED BY incidents_open
			WHERE is_open = 1 GROUP BY allowed, confidence`,
		)
		.all()
		.map(({ allowed, confidence, count }) => ({ allowed, confidence, count: Number(count) }));
	const sumOf = (counted: typeof states) => counted.reduce((sum, { count }) => sum + count, 0);
	const byConfidence = CONFIDENCES.map((name, index) => [
		name,
		sumOf(states.filter(({ confidence }) => confidence === index)),
	]);
	return {
		open: sumOf(states),
		allowlisted: sumOf(states.filter(({ allowed }) => allowed === 1)),
		byConfidence: Object.fromEntries(byConfidence) as Statistics["byConfidence"],
		byNetwork: mostFrequent(
			database,
			`SELECT network AS name, count(*) AS incidents FROM incidents INDEXED BY incidents_open_by_network
			WHERE is_open = 1 AND network IS NOT NULL`,
		),
		byCoin: ofPools(database, "coin"),
		byPool: ofPools(database, "key"),
		strip: stripAt(database, now),
	};
}

/** A pool occurs once in an incident, a coin as often as the incident's pools have it. */
function ofPools(database: DatabaseSync, column: "key" | "coin"): Counted[] {
	return mostFrequent(
		database,
		`SELECT ${column} AS name, count(${column === "key" ? "*" : "DISTINCT incident"}) AS incidents
		FROM incidents INDEXED BY incidents_open CROSS JOIN pools ON incident = number
		WHERE is_open = 1 AND ${column} IS NOT NULL`,
	);
}

function mostFrequent(database: DatabaseSync, select: string): Counted[] {
	return database
		.prepare(`${select} GROUP BY name ORDER BY incidents DESC, name LIMIT ${MOST_NAMES}`)
		.all()
		.map((row) => ({ name: String(row.name), incidents: Number(row.incidents) }));
}

/**
 * Running within an hour are those that were opened before its end, less those that were last seen before its begin: each
 * incident is opened before it is last seen. So each hour needs no look at the incidents themselves.
 */
function stripAt(database: DatabaseSync, now: number): HourOfStrip[] {
	const first = Math.floor(now / HOUR) - HOURS + 1;
	const opened = hourly(database, "opened", first);
	const closed = hourly(database, "closed", first);
	const lastSeen = hourly(database, "last_seen", first);
	let [openedBefore, seenBefore] = [opened.before, lastSeen.before];
	return Array.from({ length: HOURS }, (_, i): HourOfStrip => {
		openedBefore += opened.within[i]!;
		const running = openedBefore - seenBefore;
		seenBefore += lastSeen.within[i]!;
		return { from: (first + i) * HOUR, opened: opened.within[i]!, closed: closed.within[i]!, running };
	});
}

/** Incidents whose time is before the strip, and within each of its hours. */
function hourly(database: DatabaseSync, column: "opened" | "closed" | "last_seen", first: number) {
	const from = first * HOUR;
	const before = database.prepare(`SELECT count(*) AS count FROM incidents WHERE ${column} < ?`).get(from)!.count;
	const within = Array.from({ length: HOURS }, () => 0);
	const rows = database
		.prepare(
			`SELECT CAST((${column} - ?) / ${HOUR} AS INTEGER) AS hour, count(*) AS count FROM incidents
			WHERE ${column} >= ? AND ${column} < ? GROUP BY hour`,
		)
		.all(from, from, from + HOURS * HOUR);
	for (const { hour, count } of rows) within[Number(hour)] = Number(count);
	return { before: Number(before), within };
}
