import type { DatabaseSync } from "node:sqlite";
import { DeCryptoError } from "../bytes/error.ts";

/** One step a version: step n makes version n + 1 out of version n. Steps are never changed once published. */
const MIGRATIONS: readonly string[] = [
	`CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
	CREATE TABLE incidents (
		number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL,
		host TEXT NOT NULL, domain TEXT, network TEXT, role TEXT NOT NULL,
		is_open INTEGER NOT NULL, confidence INTEGER NOT NULL, score REAL NOT NULL,
		opened INTEGER NOT NULL, last_seen INTEGER NOT NULL, closed INTEGER,
		flows INTEGER NOT NULL, bytes INTEGER NOT NULL, allowed INTEGER NOT NULL,
		body TEXT NOT NULL, tracking TEXT) STRICT;
	CREATE INDEX incidents_by_last_seen ON incidents (last_seen);
	CREATE INDEX incidents_by_state ON incidents (is_open, last_seen);
	CREATE INDEX incidents_by_confidence ON incidents (confidence, last_seen);
	CREATE INDEX incidents_by_opened ON incidents (opened);
	CREATE INDEX incidents_by_closed ON incidents (closed);
	CREATE INDEX incidents_by_score ON incidents (score);
	CREATE INDEX incidents_by_flows ON incidents (flows);
	CREATE INDEX incidents_by_host ON incidents (host, last_seen);
	CREATE INDEX incidents_by_network ON incidents (network, last_seen);
	CREATE INDEX incidents_with_tracking ON incidents (number) WHERE tracking IS NOT NULL;
	CREATE TABLE pools (
		incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE, key TEXT NOT NULL,
		coin TEXT, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, flows INTEGER NOT NULL,
		PRIMARY KEY (incident, key)) STRICT, WITHOUT ROWID;
	CREATE INDEX pools_by_key ON pools (key, last_seen);
	CREATE INDEX pools_by_coin ON pools (coin);
	CREATE TABLE signals (
		signal TEXT NOT NULL, incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE,
		PRIMARY KEY (signal, incident)) STRICT, WITHOUT ROWID;
	CREATE INDEX signals_by_incident ON signals (incident);
	CREATE TABLE sightings (
		number INTEGER PRIMARY KEY, incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE,
		at INTEGER NOT NULL, strength REAL NOT NULL, body TEXT NOT NULL) STRICT;
	CREATE INDEX sightings_by_incident ON sightings (incident, at);
	CREATE TABLE events (
		incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE, sequence INTEGER NOT NULL,
		at INTEGER NOT NULL, kind TEXT NOT NULL, confidence INTEGER NOT NULL, words TEXT NOT NULL,
		PRIMARY KEY (incident, sequence)) STRICT, WITHOUT ROWID;
	CREATE INDEX events_by_time ON events (at);
	CREATE TABLE outbox (
		receiver TEXT NOT NULL, id TEXT NOT NULL, notification TEXT, enqueued_at INTEGER NOT NULL,
		due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, PRIMARY KEY (receiver, id)) STRICT;
	CREATE INDEX outbox_by_due ON outbox (receiver, due_at) WHERE notification IS NOT NULL;
	CREATE INDEX outbox_by_age ON outbox (receiver, enqueued_at) WHERE notification IS NOT NULL;
	CREATE TABLE allowlist (
		id TEXT PRIMARY KEY, source TEXT NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL,
		hits INTEGER NOT NULL DEFAULT 0, last_hit INTEGER) STRICT;`,
	`CREATE TABLE remarks (
		number INTEGER PRIMARY KEY, incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE,
		at INTEGER NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL) STRICT;
	CREATE INDEX remarks_by_incident ON remarks (incident, at);
	CREATE TABLE audit (
		number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
		subject TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
	CREATE TABLE users (
		name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
	CREATE TABLE sessions (
		token_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
		kind TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT;`,
	`ALTER TABLE incidents ADD COLUMN text TEXT NOT NULL DEFAULT '';
	CREATE VIRTUAL TABLE incident_text USING fts5 (text, content='', contentless_delete=1);
	UPDATE incidents SET text = host || ' ' || coalesce(network, '') || ' ' ||
		coalesce((SELECT group_concat(key || ' ' || coalesce(coin, ''), ' ') FROM pools WHERE incident = number), '');
	INSERT INTO incident_text (rowid, text) SELECT number, text FROM incidents;`,
	`CREATE INDEX incidents_open ON incidents (allowed, confidence) WHERE is_open = 1;
	CREATE INDEX incidents_open_by_network ON incidents (network) WHERE is_open = 1;
	DROP INDEX pools_by_key;
	CREATE INDEX pools_by_key ON pools (key, last_seen, first_seen, flows, coin);`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the schema up to `version`, each step in a transaction of its own.
 * Throws `store-newer` if a later program wrote the file: it is left alone.
 */
export function migrate(database: DatabaseSync, version = SCHEMA_VERSION): void {
	const found = schemaVersion(database);
	if (found > SCHEMA_VERSION) {
		throw new DeCryptoError(
			"store-newer",
			`the store has schema version ${found}, this program knows ${SCHEMA_VERSION}; use the newer program`,
			{ found, known: SCHEMA_VERSION },
		);
	}
	for (let step = found; step < version; step++) {
		database.exec("BEGIN IMMEDIATE");
		try {
			// Another process may have migrated while this one waited for the lock.
			if (schemaVersion(database) === step) database.exec(`${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}`);
			database.exec("COMMIT");
		} catch (error) {
			if (database.isTransaction) database.exec("ROLLBACK");
			throw error;
		}
	}
}

export function schemaVersion(database: DatabaseSync): number {
	return Number(database.prepare("PRAGMA user_version").get()!.user_version);
}
