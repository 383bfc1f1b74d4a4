import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { DeCryptoError, inContext, reasonOf, UsageError } from "../bytes/error.ts";
import { LiveLog, type LogFeed } from "./live-log.ts";
import type { LogTarget } from "./log-reader.ts";
import { LogStream } from "./log-stream.ts";
import { RespReader, type RespValue, respCommand } from "./resp.ts";

/** Entries taken at a time. */
const AT_ONCE = 1000;
/** How long an empty list is left alone, and how long until a lost connection is made again. */
const EMPTY_MS = 250;
const RETRY_MS = 2000;
const DEFAULT_PORT = 6379;
const NEWLINE = Buffer.from("\n");

interface RedisList {
	readonly host: string;
	readonly port: number;
	readonly key: string;
	readonly user?: string;
	readonly password?: string;
	/** The address without the password, for messages. */
	readonly name: string;
}

/**
 * A list in Redis that Suricata pushes its events to (`filetype: redis`, mode `list`): taken from its other end, so that the
 * order is kept. Resolves when it is connected. A connection that is lost later is made again; what was taken by then and
 * not read is lost. A `password` stands for one in the address.
 */
export async function openRedisLog(address: string, password?: string): Promise<LiveLog> {
	const list = { ...readRedisAddress(address), ...(password !== undefined && { password }) };
	const connection = await connectTo(list);
	return new LiveLog(list.name, feedOf(list, connection));
}

/** Reads `redis://[USER][:PASSWORD@]HOST[:PORT]/KEY`. Throws a `UsageError`. */
export function readRedisAddress(address: string): RedisList {
	const url = URL.canParse(address) ? new URL(address) : undefined;
	const key = decodeURIComponent(url?.pathname.slice(1) ?? "");
	if (url === undefined || url.hostname === "" || key === "")
		throw new UsageError("write redis://HOST:PORT/KEY, for example redis://127.0.0.1:6379/suricata");
	return {
		host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
		port: url.port === "" ? DEFAULT_PORT : Number(url.port),
		key,
		...(url.username !== "" && { user: decodeURIComponent(url.username) }),
		...(url.password !== "" && { password: decodeURIComponent(url.password) }),
		name: `redis://${url.host}/${key}`,
	};
}

function feedOf(list: RedisList, first: RedisConnection): LogFeed {
	return async function* (target: LogTarget, signal: AbortSignal) {
		const stream = new LogStream(target);
		let connection = first;
		const stop = () => connection.close();
		signal.addEventListener("abort", stop);
		while (!signal.aborted) {
			try {
				const isEmpty = !(await takeSome(connection, list.key, stream, target));
				yield;
				if (isEmpty) await sleep(EMPTY_MS, undefined, { signal }).catch(() => {});
			} catch (error) {
				if (signal.aborted) break;
				connection.close();
				target.counters.warnings.push(`${list.name}: ${reasonOf(error)}; connecting again`);
				const next = await reconnect(list, signal);
				if (next !== undefined) connection = next;
			}
		}
		connection.close();
	};
}

/** Reads the next entries; false where the list is empty. */
async function takeSome(
	connection: RedisConnection,
	key: string,
	stream: LogStream,
	{ counters }: LogTarget,
): Promise<boolean> {
	const entries = await connection.ask("RPOP", key, String(AT_ONCE));
	if (!Array.isArray(entries)) return false;
	for (const entry of entries) {
		if (!(entry instanceof Uint8Array)) continue;
		counters.bytesRead += entry.length;
		await stream.add(entry);
		await stream.add(NEWLINE);
	}
	return entries.length > 0;
}

async function reconnect(list: RedisList, signal: AbortSignal): Promise<RedisConnection | undefined> {
	while (!signal.aborted) {
		await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
		try {
			return await connectTo(list);
		} catch {
			// Told when it was lost; tried until it is back.
		}
	}
	return undefined;
}

async function connectTo(list: RedisList): Promise<RedisConnection> {
	const socket = connect(list.port, list.host);
	try {
		await once(socket, "connect");
		const connection = new RedisConnection(socket);
		const { user, password } = list;
		if (password !== undefined) await connection.ask("AUTH", ...(user === undefined ? [] : [user]), password);
		return connection;
	} catch (error) {
		socket.destroy();
		throw inContext(list.name, error);
	}
}

/** One question at a time. */
class RedisConnection {
	readonly #socket: Socket;
	readonly #replies = new RespReader();
	readonly #chunks: AsyncIterator<Buffer>;

	constructor(socket: Socket) {
		this.#socket = socket;
		this.#chunks = socket[Symbol.asyncIterator]();
	}

	/** The reply to a command. Throws (code `redis`) what the server refuses, and where the connection ends. */
	async ask(...command: readonly string[]): Promise<RespValue> {
		this.#socket.write(respCommand(command));
		for (;;) {
			const reply = this.#replies.next();
			if (reply instanceof Error) throw reply;
			if (reply !== undefined) return reply;
			const { done, value } = await this.#chunks.next();
			if (done) throw new DeCryptoError("redis", "the connection was closed");
			this.#replies.add(value);
		}
	}

	close(): void {
		this.#socket.destroy();
	}
}
