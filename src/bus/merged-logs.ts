import type { Bus, Family, StoredMessage } from "./bus.ts";

/** The sequence up to which messages of each partition were taken, by partition. */
export type Positions = Readonly<Record<string, number>>;

/** Messages that wait to be pulled; beyond it the partitions wait. */
const MOST_WAITING = 64;

/** The messages of all partitions of a family, as they come; those of one partition in their order. */
export class MergedLogs implements AsyncIterable<StoredMessage> {
	/** Messages that were dropped before they were read: the reader was away too long. */
	missed = 0;
	readonly #bus: Bus;
	readonly #family: Family;
	readonly #partitions: number;
	readonly #positions: Record<string, number>;
	readonly #end = new AbortController();
	readonly #waiting: StoredMessage[] = [];
	#arrived = Promise.withResolvers<void>();
	#taken = Promise.withResolvers<void>();

	/** Begins behind `positions`. */
	constructor(bus: Bus, family: Family, partitions: number, positions: Positions = {}) {
		this.#bus = bus;
		this.#family = family;
		this.#partitions = partitions;
		this.#positions = { ...positions };
	}

	/** Includes the last message that was pulled. */
	get positions(): Positions {
		return { ...this.#positions };
	}

	/** Ends the iteration; what waited is not given any more. */
	stop(): void {
		this.#end.abort();
		this.#arrived.resolve();
		this.#taken.resolve();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<StoredMessage> {
		const reading = Array.from({ length: this.#partitions }, (_, key) => this.#read(String(key)));
		try {
			while (!this.#end.signal.aborted) {
				const message = this.#waiting.shift();
				if (message === undefined) {
					await this.#arrived.promise;
					this.#arrived = Promise.withResolvers<void>();
					continue;
				}
				this.#taken.resolve();
				this.#taken = Promise.withResolvers<void>();
				this.#count(message);
				yield message;
			}
		} finally {
			this.stop();
			await Promise.all(reading);
		}
	}

	async #read(key: string): Promise<void> {
		const { signal } = this.#end;
		const from = (this.#positions[key] ?? 0) + 1;
		for await (const message of this.#bus.read({ family: this.#family, key }, from, signal)) {
			while (this.#waiting.length >= MOST_WAITING && !signal.aborted) await this.#taken.promise;
			if (signal.aborted) return;
			this.#waiting.push(message);
			this.#arrived.resolve();
		}
	}

	#count({ key, sequence }: StoredMessage): void {
		const before = this.#positions[key] ?? 0;
		if (before > 0 && sequence > before + 1) this.missed += sequence - before - 1;
		this.#positions[key] = sequence;
	}
}
