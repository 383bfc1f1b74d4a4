import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import type { AllowedExporters } from "./allowed-exporters.ts";
import type { Arrivals } from "./arrivals.ts";
import type { PeerAddress } from "./listen-address.ts";
import { MAX_WAITING, type Receiver } from "./receiver.ts";
import type { Session } from "./session.ts";

/** Certificates of `ipfix+tls`, in PEM. */
export interface TlsFiles {
	readonly certificate: string | Buffer;
	readonly key: string | Buffer;
	/** The authority of the other end's certificate. If it is set, exporters must have one (RFC 7011, 11.3). */
	readonly authority?: string | Buffer;
}

/** Most connected exporters in total, and per address. */
const MAX_CONNECTIONS = 1024;
const MAX_CONNECTIONS_PER_ADDRESS = 64;
/** Time limit for the TLS handshake and the first bytes of a peer. */
const HANDSHAKE_MS = 10_000;
const FIRST_BYTES_MS = 60_000;
const NONE = new Uint8Array(0);

/** Options of receiving streams. */
export interface StreamOptions {
	readonly tls?: TlsFiles;
	readonly allowed: AllowedExporters;
	/** Time after which a silent connection is closed. */
	readonly idleMs: number;
	/** Called when a connection is refused or closed: the reason, and a sentence. */
	readonly refused: (reason: string, line: string) => void;
}

interface Connection {
	readonly address: string;
	readonly session: Session;
}

/**
 * Receives streams over TCP or TLS. If the decoder is behind, reading pauses, and TCP flow control slows the exporters:
 * nothing is dropped. `sessionOf` creates the session of a new connection.
 */
export async function receiveStreams(
	address: PeerAddress,
	arrivals: Arrivals,
	sessionOf: (exporter: string) => Session,
	options: StreamOptions,
): Promise<Receiver> {
	const receiver = new StreamReceiver(arrivals, sessionOf, options);
	await receiver.listen(address);
	return receiver;
}

class StreamReceiver implements Receiver {
	port = 0;
	readonly #arrivals: Arrivals;
	readonly #sessionOf: (exporter: string) => Session;
	readonly #options: StreamOptions;
	readonly #server: Server;
	/** All TCP connections; with TLS also those whose handshake is not finished. */
	readonly #raw = new Map<Socket, string>();
	/** Connections that deliver data, the one silent for longest first. */
	readonly #open = new Map<Socket, Connection>();
	#connections = 0;
	#stopped = false;

	constructor(arrivals: Arrivals, sessionOf: (exporter: string) => Session, options: StreamOptions) {
		this.#arrivals = arrivals;
		this.#sessionOf = sessionOf;
		this.#options = options;
		const accept = (socket: Socket): void => this.#accept(socket);
		this.#server = options.tls
			? createTlsServer({ ...tlsOptions(options.tls), handshakeTimeout: HANDSHAKE_MS }, accept)
			: createServer();
		this.#server.on("connection", (socket: Socket) => {
			if (this.#admit(socket) && !options.tls) accept(socket);
		});
		this.#server.on("tlsClientError", (error: Error, socket: Socket) => {
			options.refused("TLS handshake failed", `${socket.remoteAddress ?? "a peer"}: TLS handshake: ${reasonOf(error)}`);
			socket.destroy();
		});
	}

	async listen(address: PeerAddress): Promise<void> {
		this.port = await listening(this.#server, address);
		this.#server.on("error", (error) => this.#arrivals.end(new DeCryptoError("failed", reasonOf(error))));
	}

	taken(): void {
		if (this.#arrivals.bytes > MAX_WAITING / 2) return;
		for (const socket of this.#open.keys()) if (socket.isPaused()) socket.resume();
	}

	stop(): void {
		this.#stopped = true;
		this.#server.close();
		// Also peers that never finish their handshake: they would keep the process alive.
		for (const socket of this.#raw.keys()) socket.destroy();
		for (const socket of this.#open.keys()) socket.destroy();
		if (this.#open.size === 0) this.#arrivals.end();
	}

	/** Decides on a new TCP connection before reading from it. */
	#admit(socket: Socket): boolean {
		const address = socket.remoteAddress ?? "";
		const refusal = this.#refusal(address);
		if (refusal !== undefined || this.#stopped) {
			if (refusal) this.#options.refused(refusal, `${address}: connection refused: ${refusal}`);
			socket.on("error", () => {});
			socket.destroy();
			return false;
		}
		socket.setKeepAlive(true, 60_000);
		this.#raw.set(socket, address);
		socket.once("close", () => this.#raw.delete(socket));
		return true;
	}

	#refusal(address: string): string | undefined {
		if (!this.#options.allowed.has(address)) return "exporter not allowed";
		if (this.#arrivals.bytes > MAX_WAITING) return "too much waits to be decoded";
		let ofAddress = 0;
		for (const other of this.#raw.values()) if (other === address) ofAddress++;
		if (ofAddress >= MAX_CONNECTIONS_PER_ADDRESS) return "too many connections of one address";
		if (this.#raw.size >= MAX_CONNECTIONS && !this.#closeUseless()) return "too many connections";
		return undefined;
	}

	/** Closes the connection that has sent no template and was silent for longest. */
	#closeUseless(): boolean {
		for (const [socket, { session, address }] of this.#open) {
			if (session.templateFields > 0) continue;
			this.#options.refused("connection closed for another", `${address}: closed: it sent no template, others wait`);
			this.#open.delete(socket);
			this.#raw.delete(socket);
			socket.destroy();
			return true;
		}
		return false;
	}

	#accept(socket: Socket): void {
		if (socket.destroyed) return;
		const connection = ++this.#connections;
		const arrivals = this.#arrivals;
		const address = socket.remoteAddress ?? "";
		const session = this.#sessionOf(`${address} port ${socket.remotePort}`);
		const entry: Connection = { address, session };
		this.#open.set(socket, entry);
		socket.setTimeout(FIRST_BYTES_MS);
		socket.once("data", () => socket.setTimeout(this.#options.idleMs));
		socket.on("timeout", () => {
			// A paused socket waits for the decoder: it is not idle.
			if (socket.isPaused()) return;
			this.#options.refused("idle connection closed", `exporter ${session.name}: closed: it was silent for too long`);
			socket.destroy();
		});
		socket.on("data", (bytes: Buffer) => {
			if (this.#open.delete(socket)) this.#open.set(socket, entry);
			arrivals.add({ kind: "stream", connection, session, bytes, last: false });
			if (arrivals.bytes > MAX_WAITING) for (const other of this.#open.keys()) other.pause();
		});
		// A broken connection is an ended one: the data before are valid.
		socket.on("error", () => socket.destroy());
		socket.on("close", () => {
			this.#open.delete(socket);
			arrivals.add({ kind: "stream", connection, session, bytes: NONE, last: true });
			if (this.#stopped && this.#open.size === 0) arrivals.end();
		});
		if (this.#stopped) socket.destroy();
	}
}

function tlsOptions({ certificate, key, authority }: TlsFiles) {
	return {
		cert: certificate,
		key,
		...(authority !== undefined && { ca: authority, requestCert: true, rejectUnauthorized: true }),
	};
}

function listening(server: Server, { host, port }: PeerAddress): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once("error", (error) => reject(new DeCryptoError("failed", reasonOf(error))));
		server.listen({ host, port }, () => {
			server.removeAllListeners("error");
			resolve((server.address() as { port: number }).port);
		});
	});
}
