import type { DatabaseSync } from "node:sqlite";
import { CONFIDENCES, type Confidence, type EventKind, type Incident } from "../incident/incident.ts";
import type { Sighting } from "../incident/sighting.ts";
import { listPools, type PoolListPage, type PoolQuery } from "./pool-list.ts";

/** One entry of an incident's history. */
export interface PastEvent {
	readonly incident: string;
	readonly sequence: number;
	/** Microseconds since the epoch of flow time. */
	readonly at: number;
	readonly kind: EventKind;
	readonly confidence: Confidence;
	readonly words: string;
}

/** A host at a pool. */
export interface PoolUse {
	readonly incident: string;
	readonly host: string;
	readonly isOpen: boolean;
	readonly firstSeen: number;
	readonly lastSeen: number;
	readonly flows: number;
}

/** One notification of one event, on its way or settled: delivered, or expired undelivered. */
export interface PastNotification {
	readonly receiver: string;
	readonly sequence: number;
	/** Milliseconds since the epoch. */
	readonly enqueuedAt: number;
	/** Failed attempts. */
	readonly attempts: number;
	readonly waits: boolean;
}

/** Reads what belongs to one incident. */
export class IncidentDetails {
	readonly #database: DatabaseSync;

	constructor(database: DatabaseSync) {
		this.#database = database;
	}

	incident(id: string): Incident | undefined {
		const row = this.#database.prepare("SELECT body FROM incidents WHERE id = ?").get(id);
		return row && (JSON.parse(String(row.body)) as Incident);
	}

	/** In order of time. At most 96 are kept and some more until the next trim. */
	sightings(id: string): Sighting[] {
		const sql = `SELECT s.body FROM sightings s JOIN incidents i ON s.incident = i.number WHERE i.id = ?
			ORDER BY at, s.number`;
		return this.#database
			.prepare(sql)
			.all(id)
			.map((row) => JSON.parse(String(row.body)) as Sighting);
	}

	events(id: string): PastEvent[] {
		return this.#events("WHERE i.id = ? ORDER BY e.sequence", id);
	}

	/** The newest events of all incidents, newest first. */
	newestEvents(limit: number): PastEvent[] {
		return this.#events("ORDER BY e.at DESC LIMIT ?", Math.min(Math.max(Math.trunc(limit), 1), 1000));
	}

	/** Who used the pool, last seen first. */
	hostsAtPool(key: string, limit = 100): PoolUse[] {
		return this.#database
			.prepare(
				`SELECT id, host, is_open, p.first_seen, p.last_seen, p.flows FROM pools p JOIN incidents ON number = incident
				WHERE key = ? ORDER BY p.last_seen DESC LIMIT ?`,
			)
			.all(key, limit)
			.map((row) => ({
				incident: String(row.id),
				host: String(row.host),
				isOpen: row.is_open === 1,
				firstSeen: Number(row.first_seen),
				lastSeen: Number(row.last_seen),
				flows: Number(row.flows),
			}));
	}

	/** Pools of all incidents, last seen first. */
	pools(query: PoolQuery): PoolListPage {
		return listPools(this.#database, query);
	}

	/** The notifications of the incident's events to these receivers, as far as the outbox remembers them. */
	notifications(id: string, receivers: readonly string[]): PastNotification[] {
		const prefix = `${id}-`;
		const find = this.#database.prepare(
			`SELECT id, enqueued_at, attempts, notification IS NOT NULL AS waits FROM outbox
			WHERE receiver = ? AND id >= ? AND id < ?`,
		);
		return receivers.flatMap((receiver) =>
			find.all(receiver, prefix, `${prefix}:`).map((row) => ({
				receiver,
				sequence: Number(String(row.id).slice(prefix.length)),
				enqueuedAt: Number(row.enqueued_at),
				attempts: Number(row.attempts),
				waits: row.waits === 1,
			})),
		);
	}

	/** What the tracker gets back after a restart. */
	tracking(): unknown[] {
		return this.#database
			.prepare("SELECT tracking FROM incidents WHERE tracking IS NOT NULL ORDER BY opened, id")
			.all()
			.map((row) => JSON.parse(String(row.tracking)) as unknown);
	}

	#events(rest: string, ...values: (string | number)[]): PastEvent[] {
		return this.#database
			.prepare(
				`SELECT i.id, e.sequence, e.at, e.kind, e.confidence, e.words FROM events e
				JOIN incidents i ON e.incident = i.number ${rest}`,
			)
			.all(...values)
			.map((row) => ({
				incident: String(row.id),
				sequence: Number(row.sequence),
				at: Number(row.at),
				kind: row.kind as EventKind,
				confidence: CONFIDENCES[Number(row.confidence)]!,
				words: String(row.words),
			}));
	}
}
