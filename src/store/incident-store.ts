import { Worker } from "node:worker_threads";
import type { Component, Health } from "../bytes/component.ts";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { siblingModule } from "../bytes/sibling-module.ts";
import type { IncidentFilter, IncidentQuery } from "./incident-query.ts";
import type { OutboxRow } from "./outbox-rows.ts";
import type { StoreBatch, StoreCounters, StoreOptions, StoreStatus } from "./store-engine.ts";
import type { StoreAnswer, StoreParts, StoreQuestion } from "./store-messages.ts";

type Method = (...values: never[]) => unknown;
type MethodOf<P> = { [K in keyof P]: P[K] extends Method ? K : never }[keyof P] & string;
type Values<M> = M extends (...values: infer V) => unknown ? V : never;
type Result<M> = M extends (...values: never[]) => infer R ? R : never;

/**
 * Incidents on disk: one SQLite file, read and written on a thread of its own. Writing never fails for lack of a disk:
 * what cannot be written waits in bounded memory, and health says so.
 */
export class IncidentStore implements Component {
	readonly name: string;
	readonly #worker: Worker;
	readonly #asked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	#last = 0;
	#status: StoreStatus;
	#isClosed = false;

	private constructor(path: string, worker: Worker, status: StoreStatus) {
		this.name = path;
		this.#worker = worker;
		this.#status = status;
		worker.on("message", (answer: StoreAnswer) => this.#take(answer));
		worker.on("error", (error) => this.#end(error));
		worker.on("exit", () => this.#end(new DeCryptoError("store-closed", `${path}: the store is closed`)));
	}

	/** Throws `store-newer`, `store-locked`, `store-unopenable` … (docs/incidents.md). A damaged file is set aside. */
	static async open(path: string, options: StoreOptions = {}): Promise<IncidentStore> {
		const worker = new Worker(siblingModule(import.meta.url, "store-worker"), { workerData: { path, options } });
		const { promise, resolve, reject } = Promise.withResolvers<StoreAnswer>();
		worker.once("message", resolve);
		worker.once("error", reject);
		const { value, error } = await promise;
		if (error) throw errorOf(error);
		worker.removeListener("error", reject);
		return new IncidentStore(path, worker, value as StoreStatus);
	}

	/** As of the last answer of the thread. */
	get counters(): StoreCounters {
		return this.#status.counters;
	}

	health(): Health {
		return this.#isClosed ? { state: "failed", reason: `${this.name}: the store is closed` } : this.#status.health;
	}

	/** Writes incidents, events, sightings and their outbox rows in one transaction. `queued`: they wait in memory. */
	async record(batch: StoreBatch): Promise<"written" | "queued"> {
		const result = await this.ask("engine", "record", batch, Date.now());
		this.#status = await this.ask("engine", "status");
		return result;
	}

	/** What a new tracker goes on with. */
	recall() {
		return this.ask("engine", "recall");
	}

	find(query: IncidentQuery = {}) {
		return this.ask("engine", "find", query);
	}

	count(filter: IncidentFilter = {}) {
		return this.ask("engine", "count", filter);
	}

	/** `now`: microseconds since the epoch. */
	statistics(now: number) {
		return this.ask("engine", "statistics", now);
	}

	async refreshStatus(): Promise<StoreStatus> {
		this.#status = await this.ask("engine", "status");
		return this.#status;
	}

	/** The outbox, as delivery wants it. All times are milliseconds since the epoch. */
	outbox<N extends { readonly id: string }>() {
		return {
			enqueue: (receiver: string, notification: N, now: number) =>
				this.ask("outbox", "enqueue", { receiver, notification, enqueuedAt: now } satisfies OutboxRow),
			due: async (receiver: string, now: number, limit: number) =>
				(await this.ask("outbox", "due", receiver, now, limit)) as {
					notification: N;
					attempts: number;
					enqueuedAt: number;
				}[],
			nextDue: (receiver: string) => this.ask("outbox", "nextDue", receiver),
			oldest: (receiver: string) => this.ask("outbox", "oldest", receiver),
			length: (receiver: string) => this.ask("outbox", "length", receiver),
			delivered: (receiver: string, ids: readonly string[]) => this.ask("outbox", "delivered", receiver, ids),
			failed: (receiver: string, ids: readonly string[], retryAt: number) =>
				this.ask("outbox", "failed", receiver, ids, retryAt),
			abandonOthers: (receivers: readonly string[]) => this.ask("outbox", "abandonOthers", receivers),
			expire: (receiver: string, before: number) => this.ask("outbox", "expire", receiver, before),
		};
	}

	/**
	 * Calls a method of a part on the store's thread: `engine`, `outbox`, `details` (one incident's sightings, events …) or
	 * `books` (allowlist, remarks, audit trail, users, sessions).
	 */
	async ask<P extends keyof StoreParts, M extends MethodOf<StoreParts[P]>>(
		part: P,
		method: M,
		...values: Values<StoreParts[P][M]>
	): Promise<Result<StoreParts[P][M]>> {
		if (this.#isClosed) throw new DeCryptoError("store-closed", `${this.name}: the store is closed`);
		const number = ++this.#last;
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		this.#asked.set(number, { resolve, reject });
		this.#worker.postMessage({ number, part, method, values } satisfies StoreQuestion);
		return (await promise) as Result<StoreParts[P][M]>;
	}

	/** Nothing to do: the store receives until it is disposed of. */
	stop(): void {}

	/** Writes what waits, if it can, and closes the file. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#isClosed) return;
		const exited = new Promise((resolve) => this.#worker.once("exit", resolve));
		await this.ask("engine", "close", Date.now());
		this.#isClosed = true;
		await exited;
	}

	#take({ number, value, error }: StoreAnswer): void {
		const asked = this.#asked.get(number);
		this.#asked.delete(number);
		if (error) asked?.reject(errorOf(error));
		else asked?.resolve(value);
	}

	#end(error: Error): void {
		this.#isClosed = true;
		for (const { reject } of this.#asked.values()) reject(error);
		this.#asked.clear();
	}
}

function errorOf({ code, message }: NonNullable<StoreAnswer["error"]>): DeCryptoError {
	return code === "usage" ? new UsageError(message) : new DeCryptoError(code, message);
}
