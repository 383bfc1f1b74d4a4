import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CONFIDENCES, type Incident, type IncidentEvent } from "../incident/incident.ts";
import type { Sighting } from "../incident/sighting.ts";

/** One incident as it is now; `tracking` is what the tracker gets back after a restart. */
export interface IncidentUpdate {
	readonly incident: Incident;
	readonly tracking: object;
}

/** Sightings kept of one incident: the first, the strongest and the newest ones, this many each. */
const KEPT_SIGHTINGS = 32;
/** Beyond this number the surplus is deleted, so that not every insertion has to. */
const TRIM_AT = 4 * KEPT_SIGHTINGS;

/** Writes incidents and what belongs to them. The caller holds the transaction. */
export class IncidentRows {
	readonly #upsert: StatementSync;
	readonly #numberOf: StatementSync;
	readonly #deletePools: StatementSync;
	readonly #insertPool: StatementSync;
	readonly #insertSignal: StatementSync;
	readonly #deleteText: StatementSync;
	readonly #insertText: StatementSync;
	readonly #insertEvent: StatementSync;
	readonly #insertSighting: StatementSync;
	readonly #countSightings: StatementSync;
	readonly #trimSightings: StatementSync;
	readonly #forget: StatementSync;

	constructor(database: DatabaseSync) {
		const prepare = (sql: string) => database.prepare(sql);
		// An older run that is repeated must not turn an incident back: only a sequence at least as high replaces.
		this.#upsert =
			prepare(`INSERT INTO incidents (id, sequence, host, domain, network, role, is_open, confidence, score,
			opened, last_seen, closed, flows, bytes, allowed, body, tracking, text)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, network = excluded.network, role = excluded.role,
			is_open = excluded.is_open, confidence = excluded.confidence, score = excluded.score,
			last_seen = excluded.last_seen, closed = excluded.closed, flows = excluded.flows, bytes = excluded.bytes,
			allowed = excluded.allowed, body = excluded.body, tracking = excluded.tracking, text = excluded.text
			WHERE excluded.sequence >= sequence RETURNING number`);
		this.#numberOf = prepare("SELECT number, text FROM incidents WHERE id = ?");
		this.#deletePools = prepare("DELETE FROM pools WHERE incident = ?");
		this.#insertPool = prepare("INSERT OR REPLACE INTO pools VALUES (?, ?, ?, ?, ?, ?)");
		this.#insertSignal = prepare("INSERT OR IGNORE INTO signals VALUES (?, ?)");
		this.#deleteText = prepare("DELETE FROM incident_text WHERE rowid = ?");
		this.#insertText = prepare("INSERT INTO incident_text (rowid, text) VALUES (?, ?)");
		this.#insertEvent = prepare("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)");
		this.#insertSighting = prepare("INSERT INTO sightings (incident, at, strength, body) VALUES (?, ?, ?, ?)");
		this.#countSightings = prepare("SELECT count(*) AS count FROM sightings WHERE incident = ?");
		const ranked = (order: string) =>
			`SELECT number FROM (SELECT number FROM sightings WHERE incident = ?1 ORDER BY ${order} LIMIT ${KEPT_SIGHTINGS})`;
		this.#trimSightings = prepare(`DELETE FROM sightings WHERE incident = ?1 AND number NOT IN
			(${ranked("at, number")} UNION ${ranked("strength DESC, number")} UNION ${ranked("at DESC, number DESC")})`);
		this.#forget = prepare("UPDATE incidents SET tracking = NULL WHERE id = ?");
	}

	write({ incident, tracking }: IncidentUpdate): void {
		const { id, host, pools } = incident;
		const before = this.#numberOf.get(id);
		const text = searchText(incident);
		const row = this.#upsert.get(
			id,
			incident.sequence,
			host.address,
			host.domain ?? null,
			host.network ?? null,
			incident.role,
			incident.state === "open" ? 1 : 0,
			CONFIDENCES.indexOf(incident.confidence),
			incident.score,
			integer(incident.opened),
			integer(incident.lastSeen),
			incident.closed === undefined ? null : integer(incident.closed),
			incident.flows,
			integer(incident.bytesToPool + incident.bytesToMiner),
			incident.allowedBy.length > 0 ? 1 : 0,
			JSON.stringify(incident),
			JSON.stringify(tracking),
			text,
		);
		if (row === undefined) return;
		const number = Number(row.number);
		this.#deletePools.run(number);
		for (const { key, coin, firstSeen, lastSeen, flows } of pools) {
			this.#insertPool.run(number, key, coin ?? null, integer(firstSeen), integer(lastSeen), flows);
		}
		for (const { signal } of incident.signals) this.#insertSignal.run(signal, number);
		if (before?.text === text) return;
		if (before !== undefined) this.#deleteText.run(number);
		this.#insertText.run(number, text);
	}

	/** False if the event is known: a repeated run, or a batch that was written before a fault. */
	addEvent({ incident, sequence, at, kind, words }: IncidentEvent): boolean {
		const number = this.#number(incident.id);
		if (number === undefined) return false;
		const confidence = CONFIDENCES.indexOf(incident.confidence);
		return this.#insertEvent.run(number, sequence, integer(at), kind, confidence, words).changes === 1;
	}

	addSighting(id: string, sighting: Sighting): void {
		const number = this.#number(id);
		if (number === undefined) return;
		const { evidence, score, probability } = sighting.explanation;
		const strength = evidence.some(({ signal }) => signal === "payload") ? 1 : (score ?? probability ?? 0);
		this.#insertSighting.run(number, integer(sighting.at), strength, JSON.stringify(sighting));
		if (Number(this.#countSightings.get(number)!.count) > TRIM_AT) this.#trimSightings.run(number);
	}

	/** The incident cannot reopen any more: the tracker does not need its state. */
	forget(id: string): void {
		this.#forget.run(id);
	}

	#number(id: string): number | undefined {
		const row = this.#numberOf.get(id);
		return row && Number(row.number);
	}
}

/** A whole number that an INTEGER column takes and JavaScript reads back exactly, whatever an exporter sent. */
function integer(value: number): number {
	return Number.isNaN(value) ? 0 : Math.round(Math.min(Math.max(value, -MOST), MOST));
}

const MOST = Number.MAX_SAFE_INTEGER;

/** What full-text search looks at. */
function searchText({ host, pools, role, confidence, inputs }: Incident): string {
	const ofPools = pools.flatMap((pool) => [pool.key, pool.address, pool.pool, pool.coin, pool.protocol, pool.software]);
	const texts = [host.address, host.domain, host.network, role, confidence, ...ofPools, ...inputs];
	return texts.filter((text) => text !== undefined).join(" ");
}
