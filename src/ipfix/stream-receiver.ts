import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import type { Arrivals } from "./arrivals.ts";
import type { PeerAddress } from "./listen-address.ts";
import { MAX_WAITING, type Receiver } from "./receiver.ts";
import type { Session } from "./session.ts";

/** Certificates of `ipfix+tls`, in PEM. */
export interface TlsFiles {
	readonly certificate: string | Buffer;
	readonly key: string | Buffer;
	/** The authority that the other end's certificate must come from. Where it is given, exporters must have one (RFC 7011, 11.3). */
	readonly authority?: string | Buffer;
}

/** Exporters that may be connected at once. */
const MAX_CONNECTIONS = 1024;
const NONE = new Uint8Array(0);

/**
 * Receives streams, of TCP or TLS. Where the decoder is behind, reading pauses and TCP itself makes the exporters wait:
 * nothing is dropped. `sessionOf` makes the session of a new connection.
 */
export async function receiveStreams(
	address: PeerAddress,
	arrivals: Arrivals,
	sessionOf: (exporter: string) => Session,
	tls?: TlsFiles,
): Promise<Receiver> {
	const sockets = new Set<Socket>();
	let connections = 0;
	let stopped = false;
	const accept = (socket: Socket): void => {
		const connection = ++connections;
		const session = sessionOf(`${socket.remoteAddress} port ${socket.remotePort}`);
		sockets.add(socket);
		socket.on("data", (bytes: Buffer) => {
			arrivals.add({ kind: "stream", connection, session, bytes, last: false });
			if (arrivals.bytes > MAX_WAITING) for (const other of sockets) other.pause();
		});
		// A connection that breaks is one that ended: what came before is good.
		socket.on("error", () => socket.destroy());
		socket.on("close", () => {
			sockets.delete(socket);
			arrivals.add({ kind: "stream", connection, session, bytes: NONE, last: true });
			if (stopped && sockets.size === 0) arrivals.end();
		});
		if (stopped) socket.destroy();
	};
	const server = tls ? createTlsServer(tlsOptions(tls), accept) : createServer(accept);
	server.maxConnections = MAX_CONNECTIONS;
	const port = await listening(server, address);
	server.on("error", (error) => arrivals.end(new DeCryptoError("failed", reasonOf(error))));
	return {
		port,
		taken() {
			if (arrivals.bytes <= MAX_WAITING / 2) for (const socket of sockets) if (socket.isPaused()) socket.resume();
		},
		stop() {
			stopped = true;
			server.close();
			for (const socket of sockets) socket.destroy();
			if (sockets.size === 0) arrivals.end();
		},
	};
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
