import type { Notification } from "./notification.ts";

/** One notification that one receiver has not confirmed. */
export interface OutboxEntry {
	readonly notification: Notification;
	/** Failed attempts. */
	readonly attempts: number;
	/** Milliseconds since the epoch. */
	readonly enqueuedAt: number;
}

/** What became of an `enqueue`: `known` entries wait already or were delivered; `full` ones are lost and counted. */
export type Enqueued = "queued" | "known" | "full";

/**
 * Notifications that wait for their receivers. Entries are identified by notification id and receiver, even after
 * delivery: the same event never waits twice. All times are milliseconds since the epoch.
 */
export interface Outbox {
	enqueue(receiver: string, notification: Notification, now: number): Promise<Enqueued>;
	/** At most `limit` entries whose time has come, oldest first. */
	due(receiver: string, now: number, limit: number): Promise<readonly OutboxEntry[]>;
	/** The earliest time at which an entry is due, undefined if the receiver has none. */
	nextDue(receiver: string): Promise<number | undefined>;
	delivered(receiver: string, ids: readonly string[]): Promise<void>;
	/** The attempt failed; the entries are due again at `retryAt`. */
	failed(receiver: string, ids: readonly string[], retryAt: number): Promise<void>;
	/** Gives up entries that were enqueued before `before`. Returns their number. */
	expire(receiver: string, before: number): Promise<number>;
	/** Gives up what waits for receivers other than these. Returns how many entries waited for each. */
	abandonOthers(receivers: readonly string[]): Promise<ReadonlyMap<string, number>>;
	length(receiver: string): Promise<number>;
	/** When the receiver's oldest waiting entry was enqueued. */
	oldest(receiver: string): Promise<number | undefined>;
}
