import { Worker } from "node:worker_threads";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { siblingModule } from "../bytes/sibling-module.ts";
import { ContainerWriter } from "./container-writer.ts";
import { DATA_TYPE, encodeHello } from "./hello.ts";
import { createOutputSlots, OUTPUT } from "./interface-counters.ts";
import type { Interface, SocketAddress } from "./interface-specifier.ts";
import type { OutputNotice, OutputRequest } from "./output-worker.ts";
import type { OutputCounters, RecordOutput } from "./record-output.ts";
import { removeSocket, socketPath } from "./socket-path.ts";
import type { Template } from "./template.ts";

const END_OF_STREAM = new Uint8Array(1);
/** Receivers that do not read are disconnected this long after all other work is done. */
const CLOSE_PATIENCE_MS = 2000;

/**
 * An output over a Unix, TCP or TLS socket. Messages are gathered in containers here; a thread of its own serves the
 * socket. Between the two there are never more than `buffer_count` containers.
 */
export class SocketOutput implements RecordOutput {
	readonly name: string;
	/** Shared counters, indexed by {@link OUTPUT}, for the service interface. */
	readonly slots: Float64Array<SharedArrayBuffer>;
	readonly #interface: Interface;
	readonly #worker: Worker;
	readonly #container: ContainerWriter;
	#template: string | undefined;
	#offered = 0;
	#failure: DeCryptoError | undefined;
	#wake: (() => void)[] = [];
	#autoflush: NodeJS.Timeout | undefined;
	#hurried = false;
	#closed = false;

	/** Serves the socket from when this resolves. Throws (code `failed`) where that cannot be. */
	static async open(described: Interface, socketDirectory: string): Promise<SocketOutput> {
		const output = new SocketOutput(described, socketDirectory);
		await output.#listening();
		process.on("exit", output.#removeSocket);
		return output;
	}

	/** The program may end without closing. */
	readonly #removeSocket: () => void;

	private constructor(described: Interface, socketDirectory: string) {
		const { options } = described;
		this.name = described.text;
		this.#interface = described;
		this.slots = createOutputSlots(options.maxClients);
		const framing = options.plainFraming ? "plain" : "sequenced";
		const room = options.plainFraming ? options.bufferSize - 4 : options.bufferSize;
		this.#container = new ContainerWriter(framing, room, !options.buffered);
		this.#worker = new Worker(siblingModule(import.meta.url, "output-worker"), {
			// Options of the program's own command line (`--input-type`) do not suit a worker.
			execArgv: [],
			workerData: { address: described.address as SocketAddress, options, socketDirectory, counters: this.slots },
		});
		const { address } = described;
		this.#removeSocket = () => {
			if (address.kind === "unix") removeSocket(socketPath(socketDirectory, address.socketName));
		};
		this.#worker.on("message", (notice: OutputNotice) => this.#hear(notice));
		this.#worker.on("error", (error) => this.#fail(inContext(this.name, error)));
	}

	get counters(): OutputCounters {
		const { slots } = this;
		return {
			sent: slots[OUTPUT.SENT]!,
			dropped: slots[OUTPUT.DROPPED]!,
			containers: slots[OUTPUT.CONTAINERS]!,
			autoflushes: slots[OUTPUT.AUTOFLUSHES]!,
		};
	}

	/** Receivers connected. */
	get clients(): number {
		return this.slots[OUTPUT.CLIENTS]!;
	}

	/** For a new template: delivers accepted records, then disconnects receivers, so that they reconnect and get the new hello. */
	async begin(template: Template): Promise<void> {
		if (template.text === this.#template) return;
		if (this.#template !== undefined) {
			await this.flush();
			await this.#delivered();
		}
		this.#template = template.text;
		this.#post({ kind: "hello", hello: encodeHello({ dataType: DATA_TYPE.UNIREC, specifier: template.text }) });
	}

	send(bytes: Uint8Array, begin: number, end: number): Promise<void> | undefined {
		if (this.#failure) throw this.#failure;
		const { patience, buffered } = this.#interface.options;
		const nobody = this.clients === 0 && (patience !== "wait" || this.#hurried);
		if (nobody || !this.#container.fits(end - begin)) {
			this.slots[OUTPUT.DROPPED]! += 1;
			return undefined;
		}
		if (!this.#container.add(bytes, begin, end)) {
			this.#offer();
			this.#container.add(bytes, begin, end);
		}
		this.slots[OUTPUT.SENT]! += 1;
		if (!buffered) this.#offer();
		else if (this.#container.count === 1) this.#armAutoflush();
		return this.#mustWait() ? this.#until(() => !this.#mustWait()) : undefined;
	}

	async sendEndOfStream(): Promise<void> {
		await this.send(END_OF_STREAM, 0, 1);
		await this.flush();
	}

	async flush(): Promise<void> {
		if (this.#container.count > 0) this.#offer();
		await this.#until(() => !this.#mustWait());
	}

	hurry(patienceMs: number): void {
		const timer = setTimeout(() => {
			this.#hurried = true;
			this.#wakeAll();
		}, patienceMs);
		timer.unref();
	}

	/**
	 * Everything accepted goes to the receivers that are connected, and under WAIT, where none is, to the next that comes;
	 * then the socket is closed and removed.
	 */
	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		clearTimeout(this.#autoflush);
		if (this.#container.count > 0) this.#offer();
		await this.#delivered();
		this.slots[OUTPUT.DROPPED]! += this.#untaken();
		this.#post({ kind: "close", patienceMs: CLOSE_PATIENCE_MS });
		if (!this.#failure) await new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
		process.off("exit", this.#removeSocket);
	}

	/** Messages that no receiver has had any part of. */
	#untaken(): number {
		return Math.max(0, this.#container.total - this.slots[OUTPUT.BEGUN]!);
	}

	#outstanding(): number {
		return this.#offered - this.slots[OUTPUT.RELEASED]!;
	}

	/** Containers in transit between the two threads; limits outputs that never wait. */
	#backlog(): number {
		return this.#offered - this.slots[OUTPUT.TAKEN]!;
	}

	#mustWait(): boolean {
		const { patience, bufferCount } = this.#interface.options;
		if (this.#offered === 0 || this.#hurried) return false;
		if (patience === "no-wait") return this.#backlog() > bufferCount;
		if (this.clients === 0) return patience === "wait" && this.#outstanding() > 0;
		return this.#outstanding() >= bufferCount;
	}

	/** Nothing is left that a connected receiver should get; under WAIT, or that the next one should. */
	#delivered(): Promise<void> {
		const wait = this.#interface.options.patience === "wait";
		return this.#until(() => this.#hurried || this.#outstanding() === 0 || (!wait && this.clients === 0));
	}

	#offer(): void {
		const messages = this.#container.count;
		const bytes = this.#container.finish().slice();
		this.#offered++;
		this.slots[OUTPUT.CONTAINERS]! += 1;
		this.#post({ kind: "container", bytes, messages }, [bytes.buffer]);
	}

	#armAutoflush(): void {
		const { autoflush } = this.#interface.options;
		if (autoflush === 0) return;
		clearTimeout(this.#autoflush);
		this.#autoflush = setTimeout(() => {
			if (this.#container.count === 0 || this.#closed) return;
			this.slots[OUTPUT.AUTOFLUSHES]! += 1;
			this.#offer();
		}, autoflush / 1000);
		this.#autoflush.unref();
	}

	#post(request: OutputRequest, transfer: ArrayBuffer[] = []): void {
		if (!this.#failure) this.#worker.postMessage(request, transfer);
	}

	#listening(): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#worker.once("message", (notice: OutputNotice) => {
				if (notice.kind === "failed") reject(new DeCryptoError("failed", `${this.name}: ${notice.message}`));
				else resolve();
			});
			this.#worker.once("error", (error) => reject(inContext(this.name, error)));
		});
	}

	#hear(notice: OutputNotice): void {
		if (notice.kind === "progress") this.#wakeAll();
	}

	#fail(failure: DeCryptoError): void {
		this.#failure = failure;
		this.#wakeAll();
	}

	#until(condition: () => boolean): Promise<void> {
		if (this.#failure) return Promise.reject(this.#failure);
		if (condition()) return Promise.resolve();
		return new Promise<void>((resolve) => this.#wake.push(resolve)).then(() => this.#until(condition));
	}

	#wakeAll(): void {
		const waiting = this.#wake;
		this.#wake = [];
		for (const resume of waiting) resume();
	}
}
