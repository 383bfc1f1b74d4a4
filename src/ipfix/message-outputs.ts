import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, isIP, isIPv6, type Socket } from "node:net";
import type { Writable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import { openOutputFile } from "../bytes/output-file.ts";
import type { PeerAddress } from "./listen-address.ts";
import type { TlsFiles } from "./stream-receiver.ts";

/**
 * A destination of messages. `write` copies the message before it returns; `drained` resolves when more can be written.
 */
export interface MessageOutput {
	write(message: Uint8Array): void;
	drained(): Promise<void>;
	close(): Promise<void>;
	/** Why nothing can be written any more; undefined while writing works. */
	readonly broken: string | undefined;
}

/** A file of messages (RFC 5655), renamed to its final name when it is complete. */
export function openMessageFile(path: string): MessageOutput {
	const file = openOutputFile(path);
	return {
		broken: undefined,
		write: (message) => file.write(message),
		async drained() {},
		async close() {
			file.close();
		},
	};
}

/** A connection to a collecting process. */
export async function connectToCollector(
	{ transport, host, port }: PeerAddress,
	tls?: Partial<TlsFiles>,
): Promise<MessageOutput> {
	const socket: Socket =
		transport === "tls"
			? connectTls({
					host,
					port,
					...(isIP(host) === 0 && { servername: host }),
					...(tls?.certificate !== undefined && { cert: tls.certificate }),
					...(tls?.key !== undefined && { key: tls.key }),
					...(tls?.authority !== undefined && { ca: tls.authority }),
				})
			: connect({ host, port });
	await once(socket, transport === "tls" ? "secureConnect" : "connect").catch((error) => {
		throw new DeCryptoError("failed", reasonOf(error));
	});
	// The collector sends nothing; reading detects the end of the connection.
	socket.resume();
	return new StreamOutput(socket);
}

class StreamOutput implements MessageOutput {
	broken: string | undefined;
	readonly #stream: Writable;
	#waits = false;

	constructor(stream: Writable) {
		this.#stream = stream;
		stream.on("error", (error) => {
			this.broken ??= reasonOf(error);
		});
		stream.on("close", () => {
			this.broken ??= "connection closed by the other end";
		});
	}

	write(message: Uint8Array): void {
		if (this.broken === undefined && !this.#stream.write(message.slice())) this.#waits = true;
	}

	async drained(): Promise<void> {
		if (!this.#waits || this.broken !== undefined) return;
		this.#waits = false;
		await new Promise<void>((resolve) => {
			const done = () => {
				this.#stream.off("drain", done);
				this.#stream.off("close", done);
				resolve();
			};
			this.#stream.on("drain", done);
			this.#stream.on("close", done);
		});
	}

	async close(): Promise<void> {
		if (this.broken !== undefined) throw new DeCryptoError("failed", this.broken);
		const closed = new Promise<void>((resolve) => this.#stream.once("close", resolve));
		await new Promise<void>((resolve) => this.#stream.end(resolve));
		(this.#stream as Partial<Socket>).destroySoon?.();
		await closed;
	}
}

/** Datagrams to a collecting process; their arrival is not confirmed. */
export async function openDatagrams({ host, port }: PeerAddress): Promise<MessageOutput> {
	const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
	let underWay = 0;
	let idle: (() => void) | undefined;
	const output = {
		broken: undefined as string | undefined,
		write(message: Uint8Array) {
			underWay++;
			socket.send(message.slice(), port, host, (error) => {
				if (error && (error as NodeJS.ErrnoException).code !== "ECONNREFUSED") output.broken ??= reasonOf(error);
				if (--underWay === 0) idle?.();
			});
		},
		async drained() {
			if (underWay === 0) return;
			await new Promise<void>((resolve) => {
				idle = resolve;
			});
		},
		async close() {
			await output.drained();
			socket.close();
		},
	};
	socket.on("error", (error) => {
		output.broken ??= reasonOf(error);
	});
	return output;
}
