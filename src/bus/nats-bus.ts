import { setTimeout as sleep } from "node:timers/promises";
import {
	DeliverPolicy,
	JetStreamApiCodes,
	JetStreamApiError,
	type JetStreamClient,
	type JetStreamManager,
	type JsMsg,
	jetstream,
	jetstreamManager,
} from "@nats-io/jetstream";
import { connect, headers, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";
import type { Health } from "../bytes/component.ts";
import { reasonOf } from "../bytes/error.ts";
import {
	type AppendOptions,
	type Bus,
	type BusMessage,
	busConflict,
	busFailure,
	createBusCounters,
	type Family,
	type Log,
	type MessageHeaders,
	type StoredMessage,
} from "./bus.ts";
import { parseBusAddress } from "./bus-address.ts";
import { hasOwnStream, keyOfSubject, streamOf, subjectOf } from "./nats-streams.ts";

const HEADER_PREFIX = "Decrypto-";
/** Requests are answered within milliseconds; during the election of a leader, not at all. In ms. */
const ANSWER_MS = 3000;
const RETRY_MS = 250;
/** A server that does not answer pings for twice this time is left for another. */
const PING_MS = 2000;
/** A reader that gets nothing for this time looks whether there is something. In ms. */
const STALL_MS = 2000;
/** Messages on their way to a reader: 64 batches of about 40 KiB. */
const READ_AHEAD = 64;

/** Where a reader is: the sequence it waits for, and since when; undefined while its caller has a message. */
interface Place {
	next: number;
	waitsSince: number | undefined;
}

export interface NatsBusOptions {
	/** How the servers list this client. */
	readonly clientName?: string;
	/** Give up if no server answers at first; otherwise wait for one. */
	readonly failsAtFirst?: boolean;
}

/** Connects to the servers of `address` (`nats://HOST,HOST`), and goes on connecting until the bus is disposed of. */
export async function openNatsBus(address: string, options: NatsBusOptions = {}): Promise<NatsBus> {
	const { servers } = parseBusAddress(address);
	try {
		const connection = await connect({
			servers: [...servers],
			name: options.clientName ?? "decrypto",
			maxReconnectAttempts: -1,
			reconnectTimeWait: RETRY_MS,
			pingInterval: PING_MS,
			maxPingOut: 2,
			timeout: ANSWER_MS,
			waitOnFirstConnect: !options.failsAtFirst,
			ignoreClusterUpdates: false,
		});
		const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS });
		return new NatsBus(address, connection, manager);
	} catch (error) {
		throw busFailure(`${address}: ${reasonOf(error)}`, error);
	}
}

/** The bus on NATS JetStream, server 2.9 or later. Replication, elections and redelivery are the servers'. */
export class NatsBus implements Bus {
	readonly name: string;
	readonly counters = createBusCounters();
	readonly #connection: NatsConnection;
	readonly #manager: JetStreamManager;
	readonly #client: JetStreamClient;
	#isConnected = true;

	constructor(name: string, connection: NatsConnection, manager: JetStreamManager) {
		this.name = name;
		this.#connection = connection;
		this.#manager = manager;
		this.#client = jetstream(connection, { timeout: ANSWER_MS });
		void this.#follow();
	}

	/** JetStream's own interface, for setting up and looking at streams. */
	get manager(): JetStreamManager {
		return this.#manager;
	}

	async append(log: Log, { headers, body }: BusMessage, { id, after }: AppendOptions = {}): Promise<number> {
		try {
			const { seq, duplicate } = await this.#client.publish(subjectOf(log), body, {
				headers: toNats(headers),
				timeout: ANSWER_MS,
				retries: 1,
				...(id !== undefined && { msgID: id }),
				...(after !== undefined && { expect: expectation(log, after) }),
			});
			// A leader knows identifiers before it knows whether the cluster stores their messages.
			if (duplicate && seq === 0) throw new Error("a message of this identifier is under way");
			this.counters.appended++;
			this.counters.appendedBytes += body.length;
			return seq;
		} catch (error) {
			if (after !== undefined && isWrongSequence(error)) throw busConflict(log, after);
			throw this.#failed(log, error);
		}
	}

	async last(log: Log): Promise<StoredMessage | undefined> {
		try {
			const stored = await this.#manager.streams.getMessage(streamOf(log), { last_by_subj: subjectOf(log) });
			if (stored === null) return undefined;
			return { headers: fromNats(stored.header), body: stored.data, sequence: stored.seq, key: log.key };
		} catch (error) {
			if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return undefined;
			throw this.#failed(log, error);
		}
	}

	async *read(log: Log, from: number, signal: AbortSignal): AsyncGenerator<StoredMessage> {
		const place: Place = { next: Math.max(1, from), waitsSince: performance.now() };
		while (!signal.aborted) {
			try {
				for await (const message of this.#consume(log, place, signal)) {
					if (message.seq < place.next) continue;
					if (message.seq > place.next && (await this.#hasBetween(log, place.next, message.seq))) break;
					place.next = message.seq + 1;
					place.waitsSince = undefined;
					this.counters.received++;
					this.counters.receivedBytes += message.data.length;
					yield { headers: fromNats(message.headers), body: message.data, sequence: message.seq, key: log.key };
					if (signal.aborted) return;
					place.waitsSince = performance.now();
				}
			} catch {
				this.counters.failures++;
			}
			place.waitsSince = performance.now();
			await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
		}
	}

	async trim(log: Log, sequence: number): Promise<void> {
		try {
			await this.#manager.streams.purge(streamOf(log), { filter: subjectOf(log), seq: sequence });
		} catch (error) {
			throw this.#failed(log, error);
		}
	}

	async keys(family: Family): Promise<string[]> {
		const log = { family, key: "*" };
		try {
			const { state } = await this.#manager.streams.info(streamOf(log), { subjects_filter: subjectOf(log) });
			return Object.keys(state.subjects ?? {}).map(keyOfSubject);
		} catch (error) {
			throw this.#failed(log, error);
		}
	}

	health(): Health {
		if (this.#connection.isClosed()) return { state: "failed", reason: `${this.name}: the connection is closed` };
		return this.#isConnected ? { state: "ok" } : { state: "degraded", reason: `${this.name}: no server answers` };
	}

	/** Nothing to do: who reads aborts, and who writes ends. */
	stop(): void {}

	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.#connection.isClosed()) await this.#connection.close();
	}

	/** A consumer whose server was killed can stay silent for ever: then the log has what the reader waits for. */
	async #isStalled(log: Log, { next, waitsSince }: Place): Promise<boolean> {
		if (waitsSince === undefined || performance.now() - waitsSince < STALL_MS) return false;
		const last = await this.last(log).catch(() => undefined);
		return last !== undefined && last.sequence >= next;
	}

	/** Whether the log has a message of `from … to - 1`: streams of their own lose messages at their beginning only. */
	async #hasBetween(log: Log, from: number, to: number): Promise<boolean> {
		if (!hasOwnStream(log.family)) return false;
		const { state } = await this.#manager.streams.info(streamOf(log));
		return Math.max(from, state.first_seq) < to;
	}

	/** One ordered consumer. It ends where the connection or its server is lost for long. */
	async *#consume(log: Log, place: Place, signal: AbortSignal): AsyncGenerator<JsMsg> {
		const consumer = await this.#client.consumers.get(streamOf(log), {
			filter_subjects: subjectOf(log),
			deliver_policy: DeliverPolicy.StartSequence,
			opt_start_seq: place.next,
		});
		const messages = await consumer.consume({ max_messages: READ_AHEAD, abort_on_missing_resource: true });
		const stop = () => messages.stop();
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop, { once: true });
		const watchdog = setInterval(() => void this.#isStalled(log, place).then((stalled) => stalled && stop()), STALL_MS);
		try {
			yield* messages;
		} finally {
			clearInterval(watchdog);
			signal.removeEventListener("abort", stop);
			void messages.close().catch(() => {});
			void consumer.delete().catch(() => {});
		}
	}

	#failed({ family, key }: Log, error: unknown) {
		this.counters.failures++;
		return busFailure(`${this.name}: ${family}.${key}: ${reasonOf(error)}`, error);
	}

	async #follow(): Promise<void> {
		for await (const { type } of this.#connection.status()) {
			if (type === "disconnect") {
				this.#isConnected = false;
				this.counters.disconnects++;
			} else if (type === "reconnect") this.#isConnected = true;
		}
	}
}

/** The sequence of a whole stream is compared when the cluster has agreed on the order of messages. */
function expectation({ family }: Log, after: number): { lastSequence: number } | { lastSubjectSequence: number } {
	return hasOwnStream(family) ? { lastSequence: after } : { lastSubjectSequence: after };
}

function isWrongSequence(error: unknown): boolean {
	if (!(error instanceof JetStreamApiError)) return false;
	const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
	return error.code === StreamWrongLastSequence || error.code === StreamWrongLastSequenceUnknown;
}

/** Values are escaped as in URLs: names of inputs may contain any character. */
function toNats(values: MessageHeaders): MsgHdrs {
	const result = headers();
	for (const [name, value] of Object.entries(values)) result.set(HEADER_PREFIX + name, encodeURIComponent(value));
	return result;
}

function fromNats(values: MsgHdrs | undefined): MessageHeaders {
	const result: Record<string, string> = {};
	for (const name of values?.keys() ?? []) {
		if (name.startsWith(HEADER_PREFIX)) result[name.slice(HEADER_PREFIX.length)] = unescaped(values!.get(name));
	}
	return result;
}

function unescaped(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
