import type { ByteSource } from "../bytes/byte-source.ts";
import type { SourceCounters } from "../bytes/counters.ts";
import { inContext, reasonOf } from "../bytes/error.ts";
import type { RecordBatch } from "./record-batch.ts";
import type { RecordInput } from "./record-input.ts";
import { StreamReader } from "./stream-reader.ts";

/** Smallest size of a read. */
const ROOM_MIN = 1 << 16;
const DAMAGED = "damaged";

/**
 * The records of one `.trapcap` file (or a stream of the same bytes). A damaged or cut file gives all records
 * before the damage and a warning; a file that is not UniRec throws from the first pull. A message of at most one byte is the
 * end of the stream, even if more bytes follow.
 */
export class TrapcapInput implements RecordInput {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #source: ByteSource;
	#stopped = false;

	constructor(source: ByteSource) {
		this.name = source.name;
		this.counters = source.counters;
		this.#source = source;
	}

	stop(): void {
		this.#stopped = true;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch> {
		const reader = new StreamReader("plain", this.counters);
		try {
			yield* this.#batches(reader);
		} finally {
			this.#source.close();
		}
	}

	async *#batches(reader: StreamReader): AsyncGenerator<RecordBatch> {
		let count: number;
		do {
			count = await this.#source.read(reader.room(ROOM_MIN));
			reader.received(count);
			const batch = this.#take(reader);
			if (batch === DAMAGED) return;
			if (batch) yield batch;
			if (this.#stopped || reader.ended) return;
		} while (count > 0);
		yield* this.#cutRecords(reader);
	}

	/** The records received so far; later damage is reported by the next pull. */
	#take(reader: StreamReader): RecordBatch | undefined | typeof DAMAGED {
		try {
			return reader.take();
		} catch (error) {
			if (reader.template === undefined || (error as { code?: string }).code !== "container") {
				throw inContext(this.name, error);
			}
			this.counters.warnings.push(`${this.name}: ${reasonOf(error)}: damaged from there, read up to there`);
			return DAMAGED;
		}
	}

	*#cutRecords(reader: StreamReader): Generator<RecordBatch> {
		if (reader.template === undefined) {
			this.counters.warnings.push(`${this.name}: ${reader.waiting === 0 ? "is empty" : "ends within its hello"}`);
			return;
		}
		if (reader.waiting === 0) return;
		const batch = reader.takeCut();
		if (batch) yield batch;
		this.counters.warnings.push(`${this.name}: ends within a container; read up to there`);
	}
}
