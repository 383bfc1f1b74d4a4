import { type Component, HEALTHY, type Health } from "../bytes/component.ts";
import type { Bus, StoredMessage } from "./bus.ts";
import { type SightingBatch, sightingsOf } from "./sighting-message.ts";

/** The sequence up to which the sightings of each partition were taken in, by partition. */
export type SightingPositions = Readonly<Record<string, number>>;

export interface SightingReaderCounters {
	batches: number;
	sightings: number;
	dissents: number;
	malformed: number;
	/** Messages that were dropped before they were read: the reader was away too long. */
	missed: number;
}

/** Messages that wait to be pulled; beyond it the partitions wait. */
const MOST_WAITING = 64;

/**
 * The sightings of all partitions, for who makes incidents of them. Begins behind `positions`. After each batch, the property
 * `positions` includes it: store it together with what was made of the batch, and every sighting counts once.
 */
export class SightingReader implements Component, AsyncIterable<SightingBatch> {
	readonly name: string;
	readonly counters: SightingReaderCounters = { batches: 0, sightings: 0, dissents: 0, malformed: 0, missed: 0 };
	readonly #bus: Bus;
	readonly #partitions: number;
	readonly #positions: Record<string, number>;
	readonly #end = new AbortController();
	readonly #waiting: StoredMessage[] = [];
	#arrived = Promise.withResolvers<void>();
	#taken = Promise.withResolvers<void>();

	constructor(bus: Bus, partitions: number, positions: SightingPositions = {}) {
		this.name = `${bus.name}/sightings`;
		this.#bus = bus;
		this.#partitions = partitions;
		this.#positions = { ...positions };
	}

	/** Where another reader must go on to miss nothing behind the last batch that was pulled. */
	get positions(): SightingPositions {
		return { ...this.#positions };
	}

	health(): Health {
		const { missed } = this.counters;
		return missed === 0 ? HEALTHY : { state: "degraded", reason: `${missed} messages of sightings were missed` };
	}

	stop(): void {
		this.#end.abort();
		this.#arrived.resolve();
		this.#taken.resolve();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<SightingBatch> {
		const reading = Array.from({ length: this.#partitions }, (_, key) => this.#read(String(key)));
		try {
			for (;;) {
				const message = this.#waiting.shift();
				if (message === undefined) {
					if (this.#end.signal.aborted) break;
					await this.#arrived.promise;
					this.#arrived = Promise.withResolvers<void>();
					continue;
				}
				this.#taken.resolve();
				this.#taken = Promise.withResolvers<void>();
				const batch = this.#take(message);
				if (batch) yield batch;
			}
		} finally {
			this.stop();
			await Promise.all(reading);
		}
	}

	async #read(key: string): Promise<void> {
		const { signal } = this.#end;
		const from = (this.#positions[key] ?? 0) + 1;
		for await (const message of this.#bus.read({ family: "sightings", key }, from, signal)) {
			while (this.#waiting.length >= MOST_WAITING && !signal.aborted) await this.#taken.promise;
			if (signal.aborted) return;
			this.#waiting.push(message);
			this.#arrived.resolve();
		}
	}

	#take(message: StoredMessage): SightingBatch | undefined {
		const { key, sequence } = message;
		const before = this.#positions[key] ?? 0;
		if (before > 0 && sequence > before + 1) this.counters.missed += sequence - before - 1;
		this.#positions[key] = sequence;
		try {
			const batch = sightingsOf(message);
			if (batch.sightings.length === 0 && batch.dissents.length === 0) return undefined;
			this.counters.batches++;
			this.counters.sightings += batch.sightings.length;
			this.counters.dissents += batch.dissents.length;
			return batch;
		} catch {
			this.counters.malformed++;
			return undefined;
		}
	}
}
