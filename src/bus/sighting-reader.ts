import { type Component, HEALTHY, type Health } from "../bytes/component.ts";
import type { Bus, StoredMessage } from "./bus.ts";
import { MergedLogs, type Positions } from "./merged-logs.ts";
import { type SightingBatch, sightingsOf } from "./sighting-message.ts";

export interface SightingReaderCounters {
	batches: number;
	sightings: number;
	dissents: number;
	malformed: number;
}

/**
 * The sightings of all partitions, for who makes incidents of them. Begins behind `positions`. After each batch, the property
 * `positions` includes it: store it together with what was made of the batch, and every sighting counts once.
 */
export class SightingReader implements Component, AsyncIterable<SightingBatch> {
	readonly name: string;
	readonly counters: SightingReaderCounters = { batches: 0, sightings: 0, dissents: 0, malformed: 0 };
	readonly #logs: MergedLogs;

	constructor(bus: Bus, partitions: number, positions: Positions = {}) {
		this.name = `${bus.name}/sightings`;
		this.#logs = new MergedLogs(bus, "sightings", partitions, positions);
	}

	/** Where another reader must go on to miss nothing behind the last batch that was pulled. */
	get positions(): Positions {
		return this.#logs.positions;
	}

	health(): Health {
		const { missed } = this.#logs;
		return missed === 0 ? HEALTHY : { state: "degraded", reason: `${missed} messages of sightings were missed` };
	}

	stop(): void {
		this.#logs.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
	}

	/** Also gives batches without contents: they move the positions on. */
	async *[Symbol.asyncIterator](): AsyncGenerator<SightingBatch> {
		for await (const message of this.#logs) yield this.#take(message);
	}

	#take(message: StoredMessage): SightingBatch {
		try {
			const batch = sightingsOf(message);
			if (batch.sightings.length > 0) this.counters.batches++;
			this.counters.sightings += batch.sightings.length;
			this.counters.dissents += batch.dissents.length;
			return batch;
		} catch {
			this.counters.malformed++;
			return { sightings: [], dissents: [] };
		}
	}
}
