import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { inContext } from "../../bytes/error.ts";
import type { Sender } from "../notification-format.ts";
import { type Message, RejectedError, type Transport } from "../transport.ts";
import { syslogMessage } from "./syslog-message.ts";
import type { TlsFiles } from "./tls-files.ts";

export interface SyslogAddress {
	readonly protocol: "udp" | "tcp" | "tls";
	readonly host: string;
	readonly port: number;
}

export interface SyslogOptions {
	readonly sender: Sender;
	/** RFC 5424 facility, 0 … 23. */
	readonly facility: number;
	readonly tls?: TlsFiles;
}

/** The largest UDP payload over IPv4. */
const DATAGRAM_MAX = 65_507;

/** Syslog per RFC 5424 over UDP (RFC 5426), TCP with octet counting (RFC 6587) or TLS (RFC 5425). */
export function syslogTransport(address: SyslogAddress, options: SyslogOptions): Transport {
	return address.protocol === "udp" ? new UdpSyslog(address, options) : new StreamSyslog(address, options);
}

class UdpSyslog implements Transport {
	readonly #address: SyslogAddress;
	readonly #options: SyslogOptions;

	constructor(address: SyslogAddress, options: SyslogOptions) {
		this.#address = address;
		this.#options = options;
	}

	async send(message: Message): Promise<void> {
		const { host, port } = this.#address;
		const bytes = Buffer.from(textOf(message, this.#options));
		if (bytes.length > DATAGRAM_MAX) {
			throw new RejectedError(`the message of ${bytes.length} bytes does not fit into a datagram; use TCP or TLS`);
		}
		const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
		try {
			await new Promise<void>((resolve, reject) => {
				socket.on("error", reject);
				socket.send(bytes, port, host, (error) => (error ? reject(error) : resolve()));
			});
		} catch (error) {
			throw inContext(`syslog udp://${host}:${port}`, error);
		} finally {
			socket.close();
		}
	}

	async close(): Promise<void> {}
}

class StreamSyslog implements Transport {
	readonly #address: SyslogAddress;
	readonly #options: SyslogOptions;
	#socket: Socket | undefined;

	constructor(address: SyslogAddress, options: SyslogOptions) {
		this.#address = address;
		this.#options = options;
	}

	async send(message: Message, signal: AbortSignal): Promise<void> {
		const { protocol, host, port } = this.#address;
		try {
			const socket = await this.#connected(signal);
			const bytes = Buffer.from(textOf(message, this.#options));
			await written(socket, Buffer.concat([Buffer.from(`${bytes.length} `), bytes]), signal);
		} catch (error) {
			this.#drop();
			throw inContext(`syslog ${protocol}://${host}:${port}`, error);
		}
	}

	async close(): Promise<void> {
		const socket = this.#socket;
		this.#socket = undefined;
		if (!socket || socket.destroyed) return;
		socket.end();
		const timer = setTimeout(() => socket.destroy(), 1000);
		await once(socket, "close").catch(() => undefined);
		clearTimeout(timer);
	}

	#drop(): void {
		this.#socket?.destroy();
		this.#socket = undefined;
	}

	async #connected(signal: AbortSignal): Promise<Socket> {
		if (this.#socket && !this.#socket.destroyed && this.#socket.writable) return this.#socket;
		this.#drop();
		const { protocol, host, port } = this.#address;
		const { tls } = this.#options;
		const socket =
			protocol === "tcp"
				? connect({ host, port })
				: connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...tls?.read() });
		this.#socket = socket;
		// Errors between two messages close the socket; the next message connects again.
		socket.on("error", () => undefined);
		// A collector sends nothing. Reading is how the end of the connection is noticed.
		socket.resume();
		socket.on("end", () => socket.destroy());
		await once(socket, protocol === "tcp" ? "connect" : "secureConnect", { signal });
		return socket;
	}
}

/** Resolves when the kernel has taken all bytes: syslog has no acknowledgement (RFC 6587, 4.1). */
function written(socket: Socket, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const abort = (): void => reject(signal.reason);
		signal.addEventListener("abort", abort, { once: true });
		socket.write(bytes, (error) => {
			signal.removeEventListener("abort", abort);
			if (error) reject(error);
			else resolve();
		});
	});
}

function textOf({ notifications, body }: Message, { sender, facility }: SyslogOptions): string {
	return syslogMessage(notifications[0]!, body, sender, facility);
}
