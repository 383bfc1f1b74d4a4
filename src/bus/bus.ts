import type { Component } from "../bytes/component.ts";
import { DeCryptoError } from "../bytes/error.ts";

/** What a message says of itself, as text; names in lower case. */
export type MessageHeaders = Readonly<Record<string, string>>;

export interface BusMessage {
	readonly headers: MessageHeaders;
	readonly body: Uint8Array;
}

/** A message in a log. Sequence numbers of a log rise; they begin at 1. */
export interface StoredMessage extends BusMessage {
	readonly sequence: number;
	/** The key within its log family: the partition or the worker. */
	readonly key: string;
}

/**
 * The families of logs. `flows` and `sightings` have a stream per partition, the others a key per partition, worker or
 * consumer in one stream.
 *
 * | family | keys | kept |
 * |---|---|---|
 * | `flows` | partition | until a worker's snapshot includes them, bounded in bytes and age |
 * | `sightings` | partition | bounded in bytes and age, the oldest are dropped |
 * | `memories` | partition | until trimmed |
 * | `leases`, `workers` | partition, worker | the last message, for {@link LEASE_MS} |
 * | `records` | `layout`, consumer | the last message |
 */
export const FAMILIES = ["flows", "sightings", "memories", "leases", "workers", "records"] as const;
export type Family = (typeof FAMILIES)[number];

export interface Log {
	readonly family: Family;
	readonly key: string;
}

/** After this time without renewal, a lease or the sign of life of a worker is gone, in ms. */
export const LEASE_MS = 5000;

export interface AppendOptions {
	/** A message whose identifier the log got within the last minutes is not stored again. */
	readonly id?: string;
	/**
	 * The sequence that the log's last message must have, 0 for none; otherwise `append` throws what {@link isConflict}
	 * knows. Of several writers that say the same, one succeeds: for any sequence in `flows` and `sightings`, for 0 in the
	 * other families. (NATS 2.9 checks a sequence above 0 of one subject before its cluster agrees, so that two can pass.)
	 */
	readonly after?: number;
}

export interface BusCounters {
	appended: number;
	appendedBytes: number;
	received: number;
	receivedBytes: number;
	/** Requests that got no answer in time, or a refusal other than a conflict. */
	failures: number;
	/** Times that the connection was lost. */
	disconnects: number;
}

export function createBusCounters(): BusCounters {
	return { appended: 0, appendedBytes: 0, received: 0, receivedBytes: 0, failures: 0, disconnects: 0 };
}

/**
 * Replicated append-only logs. Failures throw a `DeCryptoError`: code `bus` if the bus did not answer or refused (whether the
 * message was stored is not known then), code `bus-conflict` if `after` did not hold.
 */
export interface Bus extends Component {
	readonly counters: BusCounters;
	/** Resolves with the message's sequence when it is stored safely. */
	append(log: Log, message: BusMessage, options?: AppendOptions): Promise<number>;
	/** The last message of the log. */
	last(log: Log): Promise<StoredMessage | undefined>;
	/**
	 * The messages of a log from `from` on, then those to come, in order, until `signal` is aborted. Goes on by itself after
	 * an interruption. Messages that the log dropped before are skipped.
	 */
	read(log: Log, from: number, signal: AbortSignal): AsyncIterable<StoredMessage>;
	/** Drops the messages of the log before `sequence`. */
	trim(log: Log, sequence: number): Promise<void>;
	/** The keys of the family's logs that have messages now. */
	keys(family: Family): Promise<string[]>;
}

export function busFailure(what: string, cause: unknown): DeCryptoError {
	return new DeCryptoError("bus", what, {}, cause);
}

export function busConflict({ family, key }: Log, after: number): DeCryptoError {
	return new DeCryptoError("bus-conflict", `${family}.${key}: another message came after ${after}`, { after });
}

export function isConflict(error: unknown): boolean {
	return error instanceof DeCryptoError && error.code === "bus-conflict";
}
