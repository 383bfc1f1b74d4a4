import { once } from "node:events";
import { statSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { inContext, UsageError } from "../bytes/error.ts";
import { LiveLog, type LogFeed } from "./live-log.ts";
import type { LogTarget } from "./log-reader.ts";
import { LogStream } from "./log-stream.ts";

/** Sensors that are connected at once. */
const MOST_CONNECTIONS = 64;
/** Bytes that wait, beyond which the sensors wait. */
const MOST_WAITING = 1 << 22;

/**
 * A Unix stream socket that Suricata connects to (`filetype: unix_stream` of its EVE output): resolves when it listens.
 * Throws where the path is taken by a file, or by a socket that somebody listens at.
 */
export async function listenForEve(name: string, path: string): Promise<LiveLog> {
	await removeStaleSocket(path);
	const chunks = new WaitingChunks();
	const server = createServer((socket) => accept(socket, chunks));
	server.maxConnections = MOST_CONNECTIONS;
	try {
		server.listen(path);
		await once(server, "listening");
	} catch (error) {
		throw inContext(path, error);
	}
	return new LiveLog(name, feedOf(server, chunks));
}

interface Chunk {
	readonly socket: Socket;
	/** Absent: the connection has ended. */
	readonly bytes?: Uint8Array;
}

function accept(socket: Socket, chunks: WaitingChunks): void {
	socket.on("data", (bytes) => chunks.add({ socket, bytes: bytes as Buffer }));
	socket.on("error", () => socket.destroy());
	socket.on("close", () => chunks.add({ socket }));
}

function feedOf(server: Server, chunks: WaitingChunks): LogFeed {
	return async function* (target: LogTarget, signal: AbortSignal) {
		const streams = new Map<Socket, LogStream>();
		const stop = () => {
			server.close();
			chunks.end();
		};
		signal.addEventListener("abort", stop);
		if (signal.aborted) stop();
		try {
			for (let chunk = await chunks.next(); chunk !== undefined; chunk = await chunks.next()) {
				const { socket, bytes } = chunk;
				const stream = streams.get(socket) ?? new LogStream(target);
				streams.set(socket, stream);
				if (bytes === undefined) {
					streams.delete(socket);
					await stream.end();
				} else {
					target.counters.bytesRead += bytes.length;
					await stream.add(bytes);
				}
				yield;
			}
		} finally {
			stop();
			for (const socket of streams.keys()) socket.destroy();
		}
	};
}

/** What sensors have sent and nobody has read: beyond the bound their sockets are paused. */
class WaitingChunks {
	#waiting: Chunk[] = [];
	#bytes = 0;
	readonly #paused = new Set<Socket>();
	#wake: (() => void) | undefined;
	#isEnded = false;

	add(chunk: Chunk): void {
		this.#waiting.push(chunk);
		this.#bytes += chunk.bytes?.length ?? 0;
		if (this.#bytes > MOST_WAITING) {
			chunk.socket.pause();
			this.#paused.add(chunk.socket);
		}
		this.#wake?.();
	}

	/** The next chunk; undefined when the end has come. */
	async next(): Promise<Chunk | undefined> {
		while (this.#waiting.length === 0) {
			if (this.#isEnded) return undefined;
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#wake = resolve;
			await promise;
		}
		const chunk = this.#waiting.shift()!;
		this.#bytes -= chunk.bytes?.length ?? 0;
		if (this.#bytes <= MOST_WAITING) this.#resume();
		return chunk;
	}

	end(): void {
		this.#isEnded = true;
		this.#wake?.();
	}

	#resume(): void {
		for (const socket of this.#paused) socket.resume();
		this.#paused.clear();
	}
}

/** A socket that its listener left behind would keep us from listening; a living one is not ours to remove. */
async function removeStaleSocket(path: string): Promise<void> {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) return;
	if (!found.isSocket()) throw new UsageError(`${path}: is there already, and is not a socket`);
	const probe = connect(path);
	try {
		await once(probe, "connect");
	} catch {
		unlinkSync(path);
		return;
	} finally {
		probe.destroy();
	}
	throw new UsageError(`${path}: somebody listens there already`);
}
