import { DatabaseSync } from "node:sqlite";
import { type Enqueued, type OutboxRow, OutboxRows, type WaitingRow } from "./outbox-rows.ts";
import { migrate } from "./schema.ts";
import { faultOf } from "./store-fault.ts";

/**
 * The outbox on disk, with a second one in memory for the time in which the disk cannot be written: notification goes on,
 * and what happened is carried over to the disk when it is back.
 */
export class DurableOutbox {
	readonly #capacity: number;
	readonly #memory = new DatabaseSync(":memory:");
	readonly #spare: OutboxRows;
	#disk: OutboxRows;
	/** Rows on disk whose change could not be written: when they are due again; Infinity if they are delivered. */
	readonly #changed = new Map<string, { receiver: string; id: string; dueAt: number }>();

	constructor(database: DatabaseSync, capacity: number) {
		this.#capacity = capacity;
		migrate(this.#memory);
		this.#spare = new OutboxRows(this.#memory);
		this.#disk = new OutboxRows(database);
	}

	/** A new file took the place of a damaged one. */
	replace(database: DatabaseSync): void {
		this.#disk = new OutboxRows(database);
	}

	enqueue(row: OutboxRow): Enqueued {
		return this.#tryDisk(() => this.#disk.enqueue(row, this.#capacity)) ?? this.enqueueInMemory(row);
	}

	/** Inside the caller's transaction. */
	enqueueOnDisk(row: OutboxRow): Enqueued {
		return this.#disk.enqueue(row, this.#capacity);
	}

	enqueueInMemory(row: OutboxRow): Enqueued {
		return this.#spare.enqueue(row, this.#capacity);
	}

	due<N>(receiver: string, now: number, limit: number): WaitingRow<N>[] {
		const asked = limit + this.#changed.size;
		const onDisk = this.#tryDisk(() => this.#disk.due<N & { readonly id: string }>(receiver, now, asked)) ?? [];
		const stillDue = onDisk.filter(({ notification: { id } }) => {
			const change = this.#changed.get(changeKey(receiver, id));
			return change === undefined || change.dueAt <= now;
		});
		return [...stillDue, ...this.#spare.due<N>(receiver, now, limit)]
			.sort((a, b) => a.enqueuedAt - b.enqueuedAt)
			.slice(0, limit);
	}

	nextDue(receiver: string): number | undefined {
		return least(
			this.#tryDisk(() => this.#disk.nextDue(receiver)),
			this.#spare.nextDue(receiver),
		);
	}

	oldest(receiver: string): number | undefined {
		return least(
			this.#tryDisk(() => this.#disk.oldest(receiver)),
			this.#spare.oldest(receiver),
		);
	}

	length(receiver: string): number {
		const delivered = [...this.#changed.values()].filter(
			(each) => each.receiver === receiver && each.dueAt === Infinity,
		);
		return (this.#tryDisk(() => this.#disk.length(receiver)) ?? 0) + this.#spare.length(receiver) - delivered.length;
	}

	delivered(receiver: string, ids: readonly string[]): void {
		this.#spare.delivered(receiver, ids);
		this.#change(receiver, ids, Infinity, () => this.#disk.delivered(receiver, ids));
	}

	failed(receiver: string, ids: readonly string[], retryAt: number): void {
		this.#spare.failed(receiver, ids, retryAt);
		this.#change(receiver, ids, retryAt, () => this.#disk.failed(receiver, ids, retryAt));
	}

	expire(receiver: string, before: number): number {
		return (this.#tryDisk(() => this.#disk.expire(receiver, before)) ?? 0) + this.#spare.expire(receiver, before);
	}

	/** What is on a disk that cannot be written now stays there until the next call. */
	abandonOthers(receivers: readonly string[]): ReadonlyMap<string, number> {
		const abandoned = this.#tryDisk(() => this.#disk.abandonOthers(receivers)) ?? new Map<string, number>();
		for (const [receiver, count] of this.#spare.abandonOthers(receivers))
			abandoned.set(receiver, count + (abandoned.get(receiver) ?? 0));
		return abandoned;
	}

	/** The disk can be written again: carries over what happened in memory. Inside the caller's transaction. */
	carryOver(): void {
		for (const row of this.#spare.all()) this.#disk.put(row);
		for (const { receiver, id, dueAt } of this.#changed.values()) {
			if (dueAt === Infinity) this.#disk.delivered(receiver, [id]);
			else this.#disk.failed(receiver, [id], dueAt);
		}
	}

	/** After the transaction of {@link carryOver} was committed. */
	forgetMemory(): void {
		this.#memory.exec("DELETE FROM outbox");
		this.#changed.clear();
	}

	close(): void {
		this.#memory.close();
	}

	#change(receiver: string, ids: readonly string[], dueAt: number, write: () => void): void {
		const written = this.#tryDisk(() => {
			write();
			return true;
		});
		for (const id of ids) {
			if (written) this.#changed.delete(changeKey(receiver, id));
			else this.#changed.set(changeKey(receiver, id), { receiver, id, dueAt });
		}
	}

	#tryDisk<T>(action: () => T): T | undefined {
		try {
			return action();
		} catch (error) {
			if (faultOf(error) === undefined) throw error;
			return undefined;
		}
	}
}

function changeKey(receiver: string, id: string): string {
	return `${id} ${receiver}`;
}

function least(a: number | undefined, b: number | undefined): number | undefined {
	return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
