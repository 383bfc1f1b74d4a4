import type { Writable } from "node:stream";
import type { NotificationFormat } from "../notification-format.ts";
import type { Message, Transport } from "../transport.ts";

/** Writes to standard output, or any stream; resolves when the stream has taken the bytes. */
export class StreamTransport implements Transport {
	readonly #stream: Writable;
	readonly #separator: string;
	#header: string | undefined;

	constructor(stream: Writable, { header, separator }: NotificationFormat) {
		this.#stream = stream;
		this.#separator = separator;
		this.#header = header;
	}

	send({ body }: Message, signal: AbortSignal): Promise<void> {
		const header = this.#header === undefined ? "" : `${this.#header}\n`;
		return new Promise((resolve, reject) => {
			const abort = (): void => reject(signal.reason);
			signal.addEventListener("abort", abort, { once: true });
			this.#stream.write(`${header}${body}${this.#separator}`, (error) => {
				signal.removeEventListener("abort", abort);
				if (error) return reject(error);
				this.#header = undefined;
				resolve();
			});
		});
	}

	async close(): Promise<void> {}
}
