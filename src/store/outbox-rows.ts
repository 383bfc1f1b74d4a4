import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** One notification for one receiver; `notification` is plain data that the store does not look into. */
export interface OutboxRow {
	readonly receiver: string;
	readonly notification: { readonly id: string };
	/** Milliseconds since the epoch. */
	readonly enqueuedAt: number;
}

/** A row that waits. */
export interface WaitingRow<N> {
	readonly notification: N;
	readonly attempts: number;
	readonly enqueuedAt: number;
}

/** What became of an `enqueue`: `known` ones wait already or were delivered; `full` ones are lost and counted. */
export type Enqueued = "queued" | "known" | "full";

/** The outbox table. A delivered row stays as an id without its notification, so that the same event never waits twice. */
export class OutboxRows {
	readonly #has: StatementSync;
	readonly #length: StatementSync;
	readonly #insert: StatementSync;
	readonly #due: StatementSync;
	readonly #next: StatementSync;
	readonly #oldest: StatementSync;
	readonly #delivered: StatementSync;
	readonly #failed: StatementSync;
	readonly #expire: StatementSync;
	readonly #receivers: StatementSync;
	readonly #all: StatementSync;
	readonly #put: StatementSync;

	constructor(database: DatabaseSync) {
		const waiting = "FROM outbox WHERE receiver = ? AND notification IS NOT NULL";
		this.#has = database.prepare("SELECT 1 FROM outbox WHERE receiver = ? AND id = ?");
		this.#length = database.prepare(`SELECT count(*) AS value ${waiting}`);
		this.#insert = database.prepare("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, 0)");
		this.#due = database.prepare(
			`SELECT notification, attempts, enqueued_at ${waiting} AND due_at <= ? ORDER BY enqueued_at, rowid LIMIT ?`,
		);
		this.#next = database.prepare(`SELECT min(due_at) AS value ${waiting}`);
		this.#oldest = database.prepare(`SELECT min(enqueued_at) AS value ${waiting}`);
		this.#delivered = database.prepare("UPDATE outbox SET notification = NULL WHERE receiver = ? AND id = ?");
		this.#failed = database.prepare(
			`UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE receiver = ? AND id = ? AND notification IS NOT NULL`,
		);
		this.#receivers = database.prepare("SELECT DISTINCT receiver FROM outbox WHERE notification IS NOT NULL");
		this.#all = database.prepare("SELECT receiver, id, notification, enqueued_at, due_at, attempts FROM outbox");
		this.#put = database.prepare("INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?, ?)");
		this.#expire = database.prepare(
			"UPDATE outbox SET notification = NULL WHERE receiver = ? AND notification IS NOT NULL AND enqueued_at < ?",
		);
	}

	enqueue({ receiver, notification, enqueuedAt }: OutboxRow, capacity: number): Enqueued {
		const { id } = notification;
		if (this.#has.get(receiver, id) !== undefined) return "known";
		if (this.length(receiver) >= capacity) return "full";
		this.#insert.run(receiver, id, JSON.stringify(notification), enqueuedAt, enqueuedAt);
		return "queued";
	}

	/** Oldest first. */
	due<N>(receiver: string, now: number, limit: number): WaitingRow<N>[] {
		return this.#due.all(receiver, now, limit).map((row) => ({
			notification: JSON.parse(String(row.notification)) as N,
			attempts: Number(row.attempts),
			enqueuedAt: Number(row.enqueued_at),
		}));
	}

	nextDue(receiver: string): number | undefined {
		return numberIn(this.#next.get(receiver));
	}

	oldest(receiver: string): number | undefined {
		return numberIn(this.#oldest.get(receiver));
	}

	length(receiver: string): number {
		return numberIn(this.#length.get(receiver)) ?? 0;
	}

	delivered(receiver: string, ids: readonly string[]): void {
		for (const id of ids) this.#delivered.run(receiver, id);
	}

	failed(receiver: string, ids: readonly string[], retryAt: number): void {
		for (const id of ids) this.#failed.run(retryAt, receiver, id);
	}

	/** All rows, delivered ones too, for {@link put}. */
	*all(): Iterable<readonly SQLInputValue[]> {
		for (const row of this.#all.iterate()) yield Object.values(row) as SQLInputValue[];
	}

	/** Takes over a row of another table; where both know it, that row wins. */
	put(row: readonly SQLInputValue[]): void {
		this.#put.run(...row);
	}

	expire(receiver: string, before: number): number {
		return Number(this.#expire.run(receiver, before).changes);
	}

	/** Gives up what waits for other receivers; how many rows waited for each. */
	abandonOthers(receivers: readonly string[]): Map<string, number> {
		const waiting = this.#receivers.all().map(({ receiver }) => String(receiver));
		const others = waiting.filter((receiver) => !receivers.includes(receiver));
		return new Map(others.map((receiver) => [receiver, this.expire(receiver, Infinity)]));
	}
}

function numberIn(row: Readonly<Record<string, unknown>> | undefined): number | undefined {
	const value = row?.value;
	return typeof value === "number" ? value : undefined;
}
