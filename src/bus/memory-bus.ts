import { HEALTHY } from "../bytes/component.ts";
import {
	type AppendOptions,
	type Bus,
	type BusMessage,
	busConflict,
	createBusCounters,
	type Family,
	LEASE_MS,
	type Log,
	type StoredMessage,
} from "./bus.ts";

interface Stream {
	messages: StoredMessage[];
	last: number;
	readonly ids: Map<string, number>;
	readonly expiries: Map<string, NodeJS.Timeout>;
}

const KEEPS_LAST: ReadonlySet<Family> = new Set(["leases", "workers", "records"]);
const EXPIRES: ReadonlySet<Family> = new Set(["leases", "workers"]);

/** A bus within one process: what tests and simulations use. It forgets everything at its end. */
export class MemoryBus implements Bus {
	readonly name = "memory";
	readonly counters = createBusCounters();
	readonly #streams = new Map<string, Stream>();
	#appended = Promise.withResolvers<void>();

	async append(log: Log, { headers, body }: BusMessage, { id, after }: AppendOptions = {}): Promise<number> {
		const stream = this.#streamOf(log);
		const known = id === undefined ? undefined : stream.ids.get(id);
		if (known !== undefined) return known;
		const lastOfKey = stream.messages.findLast(({ key }) => key === log.key)?.sequence ?? 0;
		if (after !== undefined && after !== lastOfKey) throw busConflict(log, after);
		if (KEEPS_LAST.has(log.family)) stream.messages = stream.messages.filter(({ key }) => key !== log.key);
		const sequence = ++stream.last;
		stream.messages.push({ headers: { ...headers }, body: body.slice(), key: log.key, sequence });
		if (id !== undefined) stream.ids.set(id, sequence);
		if (EXPIRES.has(log.family)) this.#expireLater(stream, log.key, sequence);
		this.counters.appended++;
		this.counters.appendedBytes += body.length;
		this.#appended.resolve();
		this.#appended = Promise.withResolvers<void>();
		return sequence;
	}

	async last(log: Log): Promise<StoredMessage | undefined> {
		return this.#streamOf(log).messages.findLast(({ key }) => key === log.key);
	}

	async *read(log: Log, from: number, signal: AbortSignal): AsyncGenerator<StoredMessage> {
		const stream = this.#streamOf(log);
		const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
		signal.addEventListener("abort", () => abort(), { once: true });
		let next = from;
		while (!signal.aborted) {
			const more = this.#appended.promise;
			const message = stream.messages.find((each) => each.sequence >= next && each.key === log.key);
			if (message === undefined) await Promise.race([more, aborted]);
			else {
				next = message.sequence + 1;
				this.counters.received++;
				this.counters.receivedBytes += message.body.length;
				yield message;
			}
		}
	}

	async trim(log: Log, sequence: number): Promise<void> {
		const stream = this.#streamOf(log);
		stream.messages = stream.messages.filter((each) => each.key !== log.key || each.sequence >= sequence);
	}

	async keys(family: Family): Promise<string[]> {
		const streams = [...this.#streams].filter(([name]) => name.split(".")[0] === family);
		return [...new Set(streams.flatMap(([, { messages }]) => messages.map(({ key }) => key)))];
	}

	health() {
		return HEALTHY;
	}

	stop(): void {}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const { expiries } of this.#streams.values()) for (const timer of expiries.values()) clearTimeout(timer);
	}

	#expireLater(stream: Stream, key: string, sequence: number): void {
		clearTimeout(stream.expiries.get(key));
		const expire = () => {
			stream.messages = stream.messages.filter((each) => each.sequence !== sequence);
		};
		stream.expiries.set(key, setTimeout(expire, LEASE_MS).unref());
	}

	#streamOf({ family, key }: Log): Stream {
		const name = family === "flows" || family === "sightings" ? `${family}.${key}` : family;
		let stream = this.#streams.get(name);
		if (stream === undefined) {
			stream = { messages: [], last: 0, ids: new Map(), expiries: new Map() };
			this.#streams.set(name, stream);
		}
		return stream;
	}
}
