import { readFileSync } from "node:fs";
import { connect as connectPlain, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { countMalformed, createCounters, type SourceCounters } from "../bytes/counters.ts";
import { inContext, reasonOf } from "../bytes/error.ts";
import { DATA_TYPE } from "./hello.ts";
import { createInputCounters, INPUT } from "./interface-counters.ts";
import type { Interface, SocketAddress } from "./interface-specifier.ts";
import type { RecordBatch } from "./record-batch.ts";
import type { RecordInput } from "./record-input.ts";
import { socketPath } from "./socket-path.ts";
import { StreamReader } from "./stream-reader.ts";

export interface SocketInputOptions {
	readonly socketDirectory: string;
	/** Told of connections that fail or bring nonsense; `topic` is a literal. */
	readonly warn?: (topic: string, line: string) => void;
	/** Milliseconds until the next attempt to connect. */
	readonly retryMs?: number;
}

/** The connection is closed and tried again if the hello is not complete by then. The reference's receiver waits 0.2 s. */
const HELLO_PATIENCE_MS = 5000;
/** Bytes received and not yet pulled; beyond this the sender has to wait (back-pressure). */
const WAITING_MAX = 1 << 18;
/** A sender that continues to send after {@link SocketInput.stop} is disconnected after this time. */
const STOP_PATIENCE_MS = 1000;

/**
 * The records that come over a Unix, TCP or TLS socket. The sender may come and go: it is looked for again every
 * second, and may come back with another template. The input ends with the sender's end of stream, or when stopped.
 */
export class SocketInput implements RecordInput {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	/** Shared counters, indexed by {@link INPUT}, for the service interface. */
	readonly slots = createInputCounters();
	readonly #address: SocketAddress;
	readonly #options: SocketInputOptions;
	readonly #stop = new AbortController();

	constructor({ text, address }: Interface, options: SocketInputOptions) {
		this.name = text;
		this.#address = address as SocketAddress;
		this.#options = options;
	}

	stop(): void {
		this.#stop.abort();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch> {
		while (!this.#stop.signal.aborted) {
			const connection = new Connection(this.#connect(), this.counters, this.#stop.signal);
			try {
				yield* this.#batches(connection);
				if (connection.reader.ended) return;
			} finally {
				this.slots[INPUT.CONNECTED] = 0;
				connection.destroy();
			}
			await sleep(this.#options.retryMs ?? 1000, undefined, { signal: this.#stop.signal }).catch(() => {});
		}
	}

	/** The batches of one connection. Throws if the sender offers data other than records. */
	async *#batches(connection: Connection): AsyncGenerator<RecordBatch> {
		try {
			for (let batch = await connection.next(); batch; batch = await connection.next()) {
				this.slots[INPUT.CONNECTED] = 1;
				this.slots[INPUT.MESSAGES]! += batch.length;
				this.slots[INPUT.CONTAINERS]! += 1;
				yield batch;
			}
		} catch (error) {
			const { code, details } = error as { code?: string; details?: { dataType?: number } };
			if (code === "format" && details?.dataType === DATA_TYPE.UNKNOWN) return;
			if (code === "format") throw inContext(this.name, error);
			if (code === "hello" || code === "template" || code === "container") {
				countMalformed(this.counters, `connection: malformed ${code}`);
			}
			this.#options.warn?.("connection", `${this.name}: ${reasonOf(error)}; trying again`);
		}
	}

	#connect(): Socket {
		const address = this.#address;
		if (address.kind === "unix") return connectPlain(socketPath(this.#options.socketDirectory, address.socketName));
		const { port, host = "localhost" } = address;
		if (address.kind === "tcp") return connectPlain({ port, host, noDelay: true });
		return connectTls({
			port,
			host,
			key: pem(address.key),
			cert: pem(address.certificate),
			ca: pem(address.authority),
			minVersion: "TLSv1.2",
			// As the reference: a certificate of the authority is enough, whatever name it carries.
			checkServerIdentity: () => undefined,
		});
	}
}

/** One connection: received bytes wait until they are pulled, at most {@link WAITING_MAX} of them. */
class Connection {
	readonly reader: StreamReader;
	readonly #socket: Socket;
	readonly #counters: SourceCounters;
	readonly #timers: NodeJS.Timeout[] = [];
	readonly #signal: AbortSignal;
	#closed = false;
	#failure: Error | undefined;
	#wake: (() => void) | undefined;

	constructor(socket: Socket, counters: SourceCounters, signal: AbortSignal) {
		this.reader = new StreamReader("untold", counters);
		this.#socket = socket;
		this.#counters = counters;
		this.#signal = signal;
		socket.on("data", (chunk: Buffer) => this.#receive(chunk));
		socket.on("error", (error) => {
			this.#failure = error;
		});
		socket.on("close", () => {
			this.#closed = true;
			this.#wake?.();
		});
		this.#after(HELLO_PATIENCE_MS, () => {
			if (this.reader.template === undefined) socket.destroy(new Error("said no hello"));
		});
		signal.addEventListener("abort", this.#leave);
	}

	/** The records received so far, once there are any; undefined when the connection has ended. */
	async next(): Promise<RecordBatch | undefined> {
		while (true) {
			const batch = this.reader.take();
			if (this.#socket.isPaused() && this.reader.waiting < WAITING_MAX) this.#socket.resume();
			if (batch || this.reader.ended) return batch;
			if (this.#closed) return this.#rest();
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	destroy(): void {
		for (const timer of this.#timers) clearTimeout(timer);
		this.#signal.removeEventListener("abort", this.#leave);
		this.#socket.destroy();
	}

	#receive(chunk: Buffer): void {
		this.#counters.bytesRead += chunk.length;
		this.reader.push(chunk);
		if (this.reader.waiting >= WAITING_MAX) this.#socket.pause();
		this.#wake?.();
	}

	/** First the records of a container that was cut; on the next pull the reason why the connection ended. */
	#rest(): RecordBatch | undefined {
		if (this.reader.waiting > 0) {
			const batch = this.reader.takeCut();
			const where = this.reader.template ? "container" : "hello";
			countMalformed(this.#counters, `connection: ended within a ${where}`);
			if (batch) return batch;
		}
		if (this.#failure && !this.#signal.aborted) throw this.#failure;
		return undefined;
	}

	/** Closes our side of the connection; data in transit is still read. */
	readonly #leave = (): void => {
		if (this.#socket.connecting) this.#socket.destroy();
		this.#socket.end();
		this.#after(STOP_PATIENCE_MS, () => this.#socket.destroy());
	};

	#after(milliseconds: number, action: () => void): void {
		this.#timers.push(setTimeout(action, milliseconds));
	}
}

function pem(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw inContext(path, error);
	}
}
