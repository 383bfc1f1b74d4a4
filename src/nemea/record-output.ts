import type { Template } from "./template.ts";

/** What an output has done, as the service interface reports it; every figure only grows. */
export interface OutputCounters {
	/** Messages accepted. */
	sent: number;
	/** Messages given up: without a receiver where the timeout does not wait, or too long for a container. */
	dropped: number;
	/** Containers finished. */
	containers: number;
	/** Containers sent unfilled because their time had come. */
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
	/** Announces what the records will be. Again with another template: what was accepted is delivered under the old one. */
	begin(template: Template): Promise<void>;
	/**
	 * Accepts the record `bytes[begin … end)`; the bytes may be used again at once. A promise is to be awaited before the
	 * next call: the output is full, or somebody has to connect first.
	 */
	send(bytes: Uint8Array, begin: number, end: number): Promise<void> | undefined;
	/** Accepts so many records unseen, where nobody is ever going to see them: they need not be made. */
	discard?(count: number): void;
	/** Tells receivers that the stream is over: a message of one byte. They stop, and do not wait for more. */
	sendEndOfStream(): Promise<void>;
	/** Hands on what is buffered. */
	flush(): Promise<void>;
	/**
	 * From so many milliseconds on, nothing is waited for any more: what nobody takes is dropped and counted. For who has
	 * been told to end and does not know whether anybody is there.
	 */
	hurry(patienceMs: number): void;
	/** Delivers everything accepted, then closes. */
	close(): Promise<void>;
}

/** `b:`: takes everything, gives it to nobody. */
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
