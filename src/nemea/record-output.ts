import type { Template } from "./template.ts";

/** Counters of an output for the service interface; they never decrease. */
export interface OutputCounters {
	/** Messages accepted. */
	sent: number;
	/** Messages dropped: there was no receiver and the timeout does not wait, or they are too long for a container. */
	dropped: number;
	/** Containers finished. */
	containers: number;
	/** Containers sent before they were full, by the autoflush timer. */
	autoflushes: number;
}

export function createOutputCounters(): OutputCounters {
	return { sent: 0, dropped: 0, containers: 0, autoflushes: 0 };
}

/** Where UniRec records go: a file, a socket's clients, nowhere. */
export interface RecordOutput {
	/** As the user named it. */
	readonly name: string;
	readonly counters: OutputCounters;
	/** Announces the template of the records. Call it again for another template: accepted records are delivered under the old one. */
	begin(template: Template): Promise<void>;
	/**
	 * Accepts the record `bytes[begin … end)`; the bytes may be used again at once. A promise is to be awaited before the
	 * next call: the output is full, or somebody has to connect first.
	 */
	send(bytes: Uint8Array, begin: number, end: number): Promise<void> | undefined;
	/** Counts records as accepted without having them, for outputs that discard everything: they need not be encoded. */
	discard?(count: number): void;
	/** Tells receivers that the stream is over: a message of one byte. They stop, and do not wait for more. */
	sendEndOfStream(): Promise<void>;
	/** Sends buffered records. */
	flush(): Promise<void>;
	/**
	 * After `patienceMs` the output waits for no receiver: records without a receiver are dropped and counted. For a module
	 * that has to end and may have no receiver.
	 */
	hurry(patienceMs: number): void;
	/** Delivers everything accepted, then closes. */
	close(): Promise<void>;
}

/** `b:`: discards everything. */
export class BlackholeOutput implements RecordOutput {
	readonly name = "b:";
	readonly counters = createOutputCounters();

	async begin(): Promise<void> {}

	send(): undefined {
		this.discard(1);
	}

	discard(count: number): void {
		this.counters.sent += count;
	}

	async sendEndOfStream(): Promise<void> {}

	async flush(): Promise<void> {}

	hurry(): void {}

	async close(): Promise<void> {}
}
