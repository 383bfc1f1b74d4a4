import type { DatabaseSync } from "node:sqlite";
import { HEALTHY, type Health } from "../bytes/component.ts";
import type { IncidentState } from "../incident/incident-state.ts";
import type { TrackerOutput } from "../incident/tracker.ts";
import type { TrackerSnapshot } from "../incident/tracker-snapshot.ts";
import { Bookkeeping } from "./bookkeeping.ts";
import { DurableOutbox } from "./durable-outbox.ts";
import { IncidentDetails } from "./incident-details.ts";
import { countIncidents, findIncidents, type IncidentFilter, type IncidentQuery } from "./incident-query.ts";
import { IncidentRows } from "./incident-rows.ts";
import { moveAside, openDatabase } from "./open-database.ts";
import type { OutboxRow } from "./outbox-rows.ts";
import { enforceRetention, RETENTION, type Retention, usedBytes } from "./retention.ts";
import { statisticsAt } from "./statistics.ts";
import { FAULT_WORDS, faultOf, type StoreFault } from "./store-fault.ts";

/** What one transaction writes. */
export interface StoreBatch extends TrackerOutput {
	/** The notifications of `events`, for each receiver that selects them. */
	readonly outbox?: readonly OutboxRow[];
	/** The tracker's memory apart from incidents: from time to time, and at the end. */
	readonly snapshot?: TrackerSnapshot;
}

export interface StoreOptions {
	readonly readOnly?: boolean;
	readonly retention?: Partial<Retention>;
	/** Rows (incidents, events, sightings) that wait in memory while the file cannot be written. */
	readonly mostWaiting?: number;
	/** Notifications that may wait per receiver. */
	readonly outboxCapacity?: number;
	/** Bytes beyond which the file does not grow, as if the disk were full; for tests. */
	readonly largest?: number;
}

export interface StoreCounters {
	written: number;
	/** Batches that had to wait in memory, and rows that were lost because too many waited. */
	queued: number;
	dropped: number;
	deleted: number;
	/** Bytes of pages in use. */
	bytes: number;
	/** Rows that wait in memory now. */
	waiting: number;
}

export interface StoreStatus {
	readonly health: Health;
	readonly counters: StoreCounters;
}

/** The store itself, synchronous: what the store's thread runs. */
export class StoreEngine {
	readonly outbox: DurableOutbox;
	readonly #path: string;
	readonly #options: StoreOptions;
	#database: DatabaseSync;
	#rows: IncidentRows | undefined;
	#details: IncidentDetails;
	#books: Bookkeeping;
	#setAside: string | undefined;
	#fault: StoreFault | undefined;
	#waiting: StoreBatch[] = [];
	readonly #counters: StoreCounters = { written: 0, queued: 0, dropped: 0, deleted: 0, bytes: 0, waiting: 0 };

	constructor(path: string, options: StoreOptions, now: number) {
		this.#path = path;
		this.#options = options;
		const { database, setAside } = openDatabase(path, { readOnly: options.readOnly === true, now });
		this.#database = database;
		this.#setAside = setAside;
		this.#details = new IncidentDetails(database);
		this.#books = new Bookkeeping(database);
		this.outbox = new DurableOutbox(database, options.outboxCapacity ?? 10_000);
		this.#prepare();
	}

	get details(): IncidentDetails {
		return this.#details;
	}

	get books(): Bookkeeping {
		return this.#books;
	}

	/** Writes the batch in one transaction, or keeps it in memory until the file can be written. */
	record(batch: StoreBatch, now: number): "written" | "queued" {
		if (this.#waiting.length === 0 && this.#attempt(() => this.#write(batch, true), now)) return "written";
		for (const row of batch.outbox ?? []) this.outbox.enqueueInMemory(row);
		this.#waiting.push(batch);
		this.#counters.queued++;
		this.#counters.waiting += sizeOf(batch);
		this.#bound();
		// In a new file that took the place of a damaged one the batch can be written at once; other faults take time.
		return this.#fault === "corrupt" && this.catchUp(now) ? "written" : "queued";
	}

	/** Tries to write what waits. Returns whether nothing waits any more. */
	catchUp(now: number): boolean {
		if (this.#waiting.length === 0 && this.#fault === undefined) return true;
		const written = this.#attempt(() => {
			for (const batch of this.#waiting) this.#write(batch, false);
			this.outbox.carryOver();
		}, now);
		if (!written) return false;
		this.#waiting = [];
		this.#counters.waiting = 0;
		this.outbox.forgetMemory();
		return true;
	}

	/** The memory of the tracker that wrote last; undefined for a new store. */
	recall(): TrackerSnapshot | undefined {
		const text = this.#books.meta("tracker");
		const now = Number(this.#books.meta("now") ?? NaN);
		const incidents = this.#details.tracking() as IncidentState[];
		if (text === undefined && incidents.length === 0) return undefined;
		const kept = text === undefined ? EMPTY_SNAPSHOT : (JSON.parse(text) as TrackerSnapshot);
		if (Number.isNaN(now)) return { ...kept, incidents };
		return {
			...kept,
			incidents,
			now: Math.max(now, kept.now ?? now),
			highest: Math.max(now, kept.highest ?? now),
			// The incidents are newer than the rest: what was taken in since then must not be taken in again.
			pending: kept.pending.filter(({ at }) => at > now),
		};
	}

	find(query: IncidentQuery) {
		return findIncidents(this.#database, query);
	}

	count(filter: IncidentFilter) {
		return countIncidents(this.#database, filter);
	}

	/** `now`: microseconds since the epoch. */
	statistics(now: number) {
		return statisticsAt(this.#database, now);
	}

	/** `now`: milliseconds since the epoch. Returns the number of deleted incidents. */
	enforceRetention(now: number): number {
		let deleted = 0;
		this.#attempt(() => {}, now);
		if (this.#fault !== undefined) return 0;
		try {
			deleted = enforceRetention(this.#database, { ...RETENTION, ...this.#options.retention }, now);
		} catch (error) {
			this.#note(error);
		}
		this.#counters.deleted += deleted;
		return deleted;
	}

	status(): StoreStatus {
		const counters = { ...this.#counters };
		try {
			counters.bytes = usedBytes(this.#database);
		} catch (error) {
			this.#note(error);
		}
		return { health: this.#health(), counters };
	}

	close(now: number): void {
		this.catchUp(now);
		this.outbox.close();
		this.#database.close();
	}

	#health(): Health {
		if (this.#fault !== undefined) {
			const waiting = `${this.#counters.waiting} rows wait in memory, ${this.#counters.dropped} were lost`;
			return { state: "degraded", reason: `${this.#path}: ${FAULT_WORDS[this.#fault]}; ${waiting}` };
		}
		if (this.#setAside === undefined) return HEALTHY;
		return {
			state: "degraded",
			reason: `${this.#path} was damaged; it is kept as ${this.#setAside}, a new store was begun`,
		};
	}

	#prepare(): void {
		if (this.#options.readOnly) return;
		this.#rows = new IncidentRows(this.#database);
		if (this.#options.largest === undefined) return;
		this.#database.exec(`PRAGMA max_page_count = ${Math.ceil(this.#options.largest / 4096)}`);
	}

	/** Runs `write` in a transaction. False if the file cannot be written now. */
	#attempt(write: () => void, now: number): boolean {
		try {
			this.#database.exec("BEGIN IMMEDIATE");
			write();
			this.#database.exec("COMMIT");
			this.#fault = undefined;
			return true;
		} catch (error) {
			if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
			this.#note(error);
			if (this.#fault === "corrupt" && !this.#options.readOnly) this.#beginAnew(now);
			return false;
		}
	}

	#note(error: unknown): void {
		const fault = faultOf(error);
		if (fault === undefined) throw error;
		this.#fault = fault;
	}

	#beginAnew(now: number): void {
		this.#database.close();
		this.#setAside = moveAside(this.#path, now);
		this.#database = openDatabase(this.#path, { now }).database;
		this.#details = new IncidentDetails(this.#database);
		this.#books = new Bookkeeping(this.#database);
		this.outbox.replace(this.#database);
		this.#prepare();
	}

	#write(batch: StoreBatch, withOutbox: boolean): void {
		const rows = this.#rows;
		if (rows === undefined) throw READ_ONLY;
		for (const { incident, state } of batch.updated) rows.write({ incident, tracking: state });
		for (const event of batch.events) rows.addEvent(event);
		for (const { incident, sighting } of batch.sightings) rows.addSighting(incident, sighting);
		for (const id of batch.forgotten) rows.forget(id);
		for (const [id, { count, last }] of batch.hits) this.#books.countHits(id, count, last);
		if (withOutbox) for (const row of batch.outbox ?? []) this.outbox.enqueueOnDisk(row);
		if (batch.now !== null) this.#books.setMeta("now", String(batch.now));
		if (batch.snapshot) this.#books.setMeta("tracker", JSON.stringify({ ...batch.snapshot, incidents: [] }));
		this.#counters.written++;
	}

	#bound(): void {
		const most = this.#options.mostWaiting ?? 50_000;
		while (this.#counters.waiting > most && this.#waiting.length > 1) {
			const size = sizeOf(this.#waiting.shift()!);
			this.#counters.waiting -= size;
			this.#counters.dropped += size;
		}
	}
}

/** As SQLite reports it. */
const READ_ONLY = Object.assign(new Error("the store was opened for reading"), { errcode: 8 });

const EMPTY_SNAPSHOT: TrackerSnapshot = {
	version: 1,
	highest: null,
	watermark: null,
	now: null,
	incidents: [],
	pending: [],
	records: [],
	dissents: [],
	serving: [],
};

function sizeOf({ updated, events, sightings }: StoreBatch): number {
	return 1 + updated.length + events.length + sightings.length;
}
