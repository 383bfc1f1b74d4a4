import { readFileSync } from "node:fs";
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { inContext } from "../bytes/error.ts";
import { type Container, ContainerRing } from "./container-ring.ts";
import { DATA_TYPE, encodeHello } from "./hello.ts";
import { CLIENT, OUTPUT } from "./interface-counters.ts";
import type { InterfaceOptions, SocketAddress, TlsAddress } from "./interface-specifier.ts";
import { Receiver } from "./receiver.ts";
import { removeSocket, removeStaleSocket, socketPath } from "./socket-path.ts";

export interface OutputServerOptions {
	readonly address: SocketAddress;
	readonly options: InterfaceOptions;
	readonly socketDirectory: string;
	/** Shared figures, by {@link OUTPUT}. */
	readonly counters: Float64Array;
}

/** Handshake timeout of TLS peers. */
const HANDSHAKE_PATIENCE_MS = 5000;
const NO_FORMAT = encodeHello({ dataType: DATA_TYPE.UNKNOWN, specifier: "" });

/**
 * Serves the socket of an output: sends a hello to each new receiver, then all containers from that time on. Containers are
 * kept until the slowest receiver has them; if the output never waits, the oldest are dropped and slow receivers miss them.
 * Containers that no receiver has begun wait for the next receiver.
 */
export class OutputServer {
	readonly #options: OutputServerOptions;
	readonly #counters: Float64Array;
	readonly #onProgress: () => void;
	readonly #ring = new ContainerRing();
	readonly #receivers = new Map<Socket, { receiver: Receiver; slot: number }>();
	readonly #connections = new Set<Socket>();
	#server: Server | undefined;
	#hello: Uint8Array | undefined;
	#identity = 0;

	/** `onProgress`: a receiver came or went, or containers were released. */
	constructor(options: OutputServerOptions, onProgress: () => void) {
		this.#options = options;
		this.#counters = options.counters;
		this.#onProgress = onProgress;
	}

	/** Throws (code `failed`) in the user's words where the socket cannot be served. */
	async listen(): Promise<void> {
		const { address, socketDirectory } = this.#options;
		const server = address.kind === "tls" ? this.#tlsServer(address) : this.#plainServer();
		// Some more than there are receivers: those that are to be refused, and those still shaking hands.
		server.maxConnections = this.#options.options.maxClients * 2;
		server.on("connection", (connection: Socket) => {
			this.#connections.add(connection);
			connection.once("close", () => this.#connections.delete(connection));
		});
		this.#server = server;
		if (address.kind !== "unix") {
			const where = `${address.host ?? "*"}:${address.port}`;
			await listening(server, where, { port: address.port, ...(address.host && { host: address.host }) });
			return;
		}
		const path = socketPath(socketDirectory, address.socketName);
		await removeStaleSocket(path);
		await listening(server, path, { path });
	}

	/** New receivers get this hello. Receivers with another hello are disconnected after their current container. */
	setHello(hello: Uint8Array): void {
		for (const { receiver } of this.#receivers.values()) receiver.leave();
		this.#hello = hello;
	}

	offer(container: Container): void {
		this.#ring.push(container);
		this.#counters[OUTPUT.TAKEN]! += 1;
		if (this.#options.options.patience === "no-wait") this.#forgetOldest();
		for (const { receiver } of this.#receivers.values()) receiver.pump();
	}

	/** Sends receivers away once they have the container they are getting, stops serving, removes the socket. */
	async close(): Promise<void> {
		const { address, socketDirectory } = this.#options;
		for (const { receiver } of this.#receivers.values()) receiver.leave();
		await new Promise<void>((resolve) => (this.#server?.listening ? this.#server.close(() => resolve()) : resolve()));
		if (address.kind === "unix") removeSocket(socketPath(socketDirectory, address.socketName));
	}

	/** Disconnects the remaining receivers. */
	cutOff(): void {
		for (const connection of this.#connections) connection.destroy();
	}

	#plainServer(): Server {
		return createPlainServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
	}

	#tlsServer({ key, certificate, authority }: TlsAddress): Server {
		const server = createTlsServer(
			{
				key: pem(key),
				cert: pem(certificate),
				ca: pem(authority),
				requestCert: true,
				rejectUnauthorized: true,
				minVersion: "TLSv1.2",
				handshakeTimeout: HANDSHAKE_PATIENCE_MS,
				allowHalfOpen: true,
			},
			(socket) => this.#accept(socket),
		);
		// A peer without the right certificate is its own affair; others must not notice.
		server.on("tlsClientError", (_error, socket) => socket.destroy());
		return server;
	}

	#accept(socket: Socket): void {
		socket.on("error", () => socket.destroy());
		const slot = this.#freeSlot();
		if (this.#hello === undefined || slot === undefined) {
			socket.end(this.#hello === undefined ? NO_FORMAT : new Uint8Array(0));
			socket.resume();
			return;
		}
		this.#counters[slot + CLIENT.IDENTITY] = socket.remotePort ?? ++this.#identity;
		// A new receiver also gets containers that nobody has started: a client may reconnect before we notice that its old
		// connection closed.
		const next = this.#undelivered();
		const figures = this.#counters.subarray(slot, slot + CLIENT.LENGTH);
		const receiver = new Receiver(socket, this.#ring, next, figures, () => this.#release());
		this.#receivers.set(socket, { receiver, slot });
		socket.once("close", () => this.#dismiss(socket));
		socket.write(this.#hello);
		receiver.pump();
		this.#release();
	}

	#dismiss(socket: Socket): void {
		const { receiver, slot } = this.#receivers.get(socket)!;
		this.#receivers.delete(socket);
		this.#counters[OUTPUT.CUT]! += receiver.inFlight;
		this.#counters.fill(0, slot, slot + CLIENT.LENGTH);
		this.#release();
	}

	/** Receivers that want more. */
	#active(): number {
		let active = 0;
		for (const { receiver } of this.#receivers.values()) if (!receiver.leaving) active++;
		return active;
	}

	/** The oldest container that no receiver has had any part of. */
	#undelivered(): number {
		return Math.max(this.#ring.first, this.#ring.begun);
	}

	#freeSlot(): number | undefined {
		for (let i = 0; i < this.#options.options.maxClients; i++) {
			const slot = OUTPUT.FIRST_CLIENT + i * CLIENT.LENGTH;
			if (this.#counters[slot + CLIENT.IDENTITY] === 0) return slot;
		}
		return undefined;
	}

	/** Forgets what every receiver has; without receivers, what some receiver has had. Tells how things stand. */
	#release(): void {
		const active = this.#active();
		let oldest = active === 0 ? this.#undelivered() : Number.POSITIVE_INFINITY;
		for (const { receiver } of this.#receivers.values())
			if (!receiver.leaving) oldest = Math.min(oldest, receiver.next);
		this.#forget(oldest);
		this.#counters[OUTPUT.CLIENTS] = active;
		this.#counters[OUTPUT.BEGUN] = this.#ring.messagesBegun;
		this.#onProgress();
	}

	#forgetOldest(): void {
		const excess = this.#ring.length - this.#options.options.bufferCount;
		if (excess <= 0) return;
		const number = this.#ring.first + excess;
		for (const { receiver } of this.#receivers.values()) receiver.skipTo(number);
		this.#forget(number);
		this.#onProgress();
	}

	#forget(below: number): void {
		this.#ring.releaseBelow(below);
		this.#counters[OUTPUT.RELEASED] = this.#ring.first;
	}
}

function pem(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw inContext(path, error);
	}
}

function listening(
	server: Server,
	where: string,
	on: { path: string } | { port: number; host?: string },
): Promise<void> {
	return new Promise((resolve, reject) => {
		const failed = (error: Error) => reject(inContext(where, error));
		server.once("error", failed);
		server.listen(on, () => {
			server.off("error", failed);
			// An error of one accepted connection (too many open files) is no reason to stop serving the others.
			server.on("error", () => {});
			resolve();
		});
	});
}
