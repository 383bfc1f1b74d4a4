import type { Notification } from "./notification.ts";
import type { Enqueued, Outbox, OutboxEntry } from "./outbox.ts";

interface Waiting {
	readonly notification: Notification;
	readonly enqueuedAt: number;
	attempts: number;
	dueAt: number;
}

/** An outbox in memory: for runs without a store. Bounded per receiver. */
export class MemoryOutbox implements Outbox {
	readonly #capacity: number;
	/** A `Map` keeps insertion order: oldest first. */
	readonly #waiting = new Map<string, Map<string, Waiting>>();
	readonly #delivered = new Map<string, Set<string>>();

	/** `capacity`: entries that may wait per receiver, and ids of delivered ones that are remembered. */
	constructor(capacity = 10_000) {
		this.#capacity = capacity;
	}

	async enqueue(receiver: string, notification: Notification, now: number): Promise<Enqueued> {
		const waiting = this.#of(receiver);
		const { id } = notification;
		if (waiting.has(id) || this.#delivered.get(receiver)?.has(id)) return "known";
		if (waiting.size >= this.#capacity) return "full";
		waiting.set(id, { notification, enqueuedAt: now, attempts: 0, dueAt: now });
		return "queued";
	}

	async due(receiver: string, now: number, limit: number): Promise<readonly OutboxEntry[]> {
		const due: OutboxEntry[] = [];
		for (const { notification, attempts, enqueuedAt, dueAt } of this.#of(receiver).values()) {
			if (due.length >= limit) break;
			if (dueAt <= now) due.push({ notification, attempts, enqueuedAt });
		}
		return due;
	}

	async nextDue(receiver: string): Promise<number | undefined> {
		let next: number | undefined;
		for (const { dueAt } of this.#of(receiver).values()) if (next === undefined || dueAt < next) next = dueAt;
		return next;
	}

	async delivered(receiver: string, ids: readonly string[]): Promise<void> {
		const done = this.#delivered.get(receiver) ?? new Set();
		this.#delivered.set(receiver, done);
		for (const id of ids) {
			this.#of(receiver).delete(id);
			done.add(id);
			if (done.size > this.#capacity) done.delete(done.values().next().value!);
		}
	}

	async failed(receiver: string, ids: readonly string[], retryAt: number): Promise<void> {
		for (const id of ids) {
			const entry = this.#of(receiver).get(id);
			if (!entry) continue;
			entry.attempts++;
			entry.dueAt = retryAt;
		}
	}

	async expire(receiver: string, before: number): Promise<number> {
		const waiting = this.#of(receiver);
		let expired = 0;
		for (const [id, { enqueuedAt }] of waiting) {
			if (enqueuedAt >= before) break;
			waiting.delete(id);
			expired++;
		}
		return expired;
	}

	async abandonOthers(receivers: readonly string[]): Promise<ReadonlyMap<string, number>> {
		const abandoned = new Map<string, number>();
		for (const [receiver, waiting] of this.#waiting) {
			if (receivers.includes(receiver)) continue;
			if (waiting.size > 0) abandoned.set(receiver, waiting.size);
			this.#waiting.delete(receiver);
		}
		return abandoned;
	}

	async length(receiver: string): Promise<number> {
		return this.#of(receiver).size;
	}

	async oldest(receiver: string): Promise<number | undefined> {
		return this.#of(receiver).values().next().value?.enqueuedAt;
	}

	#of(receiver: string): Map<string, Waiting> {
		const known = this.#waiting.get(receiver);
		if (known) return known;
		const waiting = new Map<string, Waiting>();
		this.#waiting.set(receiver, waiting);
		return waiting;
	}
}
