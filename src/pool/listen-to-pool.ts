import { connect, isIP, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { BlockTime } from "../mining/block-clock/block-clock.ts";
import type { ListenedPool } from "../mining/block-clock/block-time-source.ts";
import { type ProbeIdentity, probeRequest } from "./probe-request.ts";

export interface PoolListening extends ProbeIdentity {
	readonly pool: ListenedPool;
	onBlock(block: BlockTime): void;
	/** Called with a line when the connection is lost. */
	warn(line: string): void;
	readonly signal: AbortSignal;
	/** Milliseconds before the first reconnection; doubled each time, up to five minutes. */
	readonly retryAfter?: number;
	/** Milliseconds since the epoch. */
	now?(): number;
}

const RETRY_AFTER = 5000;
const LONGEST_RETRY = 300_000;
/** Milliseconds without a message after which the connection is closed: pools send keep-alives and refreshes. */
const SILENCE = 1_800_000;
/** Most characters of one message; jobs with many merkle branches have some kilobytes. */
const LONGEST_LINE = 65_536;

/**
 * Listens to a pool chosen by the operator, until the signal aborts: one connection that subscribes, or logs in with an
 * invalid wallet, and then sends nothing more. The time of a block is the arrival of its first job. Never rejects.
 */
export async function listenToPool(listening: PoolListening): Promise<void> {
	const { pool, warn, signal, retryAfter = RETRY_AFTER } = listening;
	let wait = retryAfter;
	while (!signal.aborted) {
		const { jobs, reason } = await listenOnce(listening);
		if (signal.aborted) return;
		wait = jobs > 1 ? retryAfter : Math.min(2 * wait, LONGEST_RETRY);
		warn(`pool ${pool.host}:${pool.port}: ${reason}; new connection in ${Math.round(wait / 1000)} s`);
		await sleep(wait, undefined, { signal }).catch(() => {});
	}
}

function listenOnce(listening: PoolListening): Promise<{ jobs: number; reason: string }> {
	const { pool, signal, onBlock, now = Date.now } = listening;
	const { host, port, tls, coin } = pool;
	return new Promise((resolve) => {
		const servername = isIP(host) === 0 ? { servername: host } : {};
		const socket: Socket = tls
			? connectTls({ host, port, rejectUnauthorized: false, ...servername })
			: connect({ host, port });
		let rest = "";
		let jobs = 0;
		let known: Job | undefined;
		const end = (reason: string): void => {
			signal.removeEventListener("abort", aborted);
			socket.destroy();
			resolve({ jobs, reason });
		};
		const aborted = (): void => end("interrupted");
		signal.addEventListener("abort", aborted);
		if (signal.aborted) return aborted();
		const protocol = coin === "Monero" ? "monero-stratum" : "stratum";
		socket.once(tls ? "secureConnect" : "connect", () =>
			socket.write(probeRequest(protocol, 1, host, port, listening)!),
		);
		socket.setTimeout(SILENCE, () => end("no message"));
		socket.once("error", ({ message }) => end(message));
		socket.once("close", () => end("the pool closed the connection"));
		socket.setEncoding("utf8").on("data", (text: string) => {
			const lines = (rest + text).split("\n");
			rest = lines.pop()!;
			if (rest.length > LONGEST_LINE) return end("a message is too long");
			for (const line of lines) {
				const job = jobOf(line);
				if (job === undefined) continue;
				jobs++;
				// The first job of a connection may belong to an old block.
				if (known?.identifiedBy === job.identifiedBy && job.block !== known.block)
					onBlock({ coin, time: now() * 1000, source: `${host}:${port}`, ...job.height });
				known = job;
			}
		});
	});
}

interface Job {
	/** Differs between blocks; comparable only if `identifiedBy` is equal. */
	readonly block: string;
	readonly identifiedBy: "height" | "hash";
	readonly height: { readonly height?: number };
}

/**
 * The block on which a message's job builds: `height`, or the previous block's hash from the blob or from
 * `mining.notify`.
 */
function jobOf(line: string): Job | undefined {
	if (line.length > LONGEST_LINE) return undefined;
	let message: unknown;
	try {
		message = JSON.parse(line);
	} catch {
		return undefined;
	}
	const { method, params, result } = objectOf(message);
	if (method === "mining.notify" && Array.isArray(params) && typeof params[1] === "string")
		return { block: params[1], identifiedBy: "hash", height: {} };
	const { height, blob } = objectOf(method === "job" ? params : objectOf(result).job);
	if (typeof height === "number") return { block: String(height), identifiedBy: "height", height: { height } };
	// Versions (2 bytes) and time (a varint of 5 bytes) precede the previous block's hash (Monero, block header).
	return typeof blob === "string" && blob.length >= 78
		? { block: blob.slice(14, 78), identifiedBy: "hash", height: {} }
		: undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
