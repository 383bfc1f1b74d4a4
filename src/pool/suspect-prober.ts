import { isIP } from "node:net";
import { UsageError } from "../bytes/error.ts";
import { parseHost } from "./pool-endpoint.ts";
import { ProbeHistory } from "./probe-history.ts";
import { type ProbeTarget, protocolsOf } from "./probe-plan.ts";
import { type ProbeIdentity, probeRequest } from "./probe-request.ts";
import { isReservedAddress } from "./reserved-address.ts";
import type { VerifiedPool } from "./verified-pool.ts";
import { createVerifyCounters, type FailureKind, type TargetResult, verifyPools } from "./verify-pools.ts";

/** A server that is suspected to be a pool. The server name is text from the network. */
export interface SuspectServer {
	readonly address: string;
	readonly port: number;
	readonly serverName?: string;
}

/** The permitted initiators of probes: an operator, or also the program itself. */
export type ProbeMode = "on-request" | "automatic";

export interface SuspectProberOptions extends ProbeIdentity {
	readonly mode: ProbeMode;
	/** Whether an address is one of `networks.ours`: never probed. */
	isOurs(address: string): boolean;
	/** Hosts that must not be probed. */
	readonly isDenied?: (hostOrAddress: string) => boolean;
	/** Probe private and reserved addresses, too. */
	readonly allowReserved?: boolean;
	/** Milliseconds each for a connection, for a TLS handshake and for an answer. */
	readonly timeout?: number;
	/** Milliseconds between two connections to a server. */
	readonly gap?: number;
	readonly history?: ProbeHistory;
	/** Milliseconds since the epoch. */
	now?(): number;
	/** Called with a line for each probe that begins, ends or is refused. */
	log(line: string): void;
	/** Called with every proof, before `probe` resolves. */
	onProven?(server: SuspectServer, pool: VerifiedPool): void;
}

/** The requests that would be sent, in order, without sending them. */
export interface SuspectProbePlan {
	readonly target: SuspectServer;
	readonly steps: readonly { readonly words: string; readonly bytes: string }[];
}

export interface SuspectProbeResult {
	readonly target: SuspectServer;
	/** `refused`: nothing was sent. `unproven` does not prove the contrary: pools may refuse unknown clients. */
	readonly outcome: "proven" | "unproven" | "refused";
	readonly isPool: boolean;
	readonly words: string;
	readonly protocol?: string;
	/** Milliseconds. */
	readonly latency?: number;
	readonly pool?: VerifiedPool;
}

const DAY = 86_400_000;
const TIMEOUT = 5000;
const GAP = 1000;
/** Most probes that wait: one server is probed at a time. */
const MOST_WAITING = 64;

/**
 * Sends the requests of a miner to suspected servers to prove that they are pools: only with permission, never to own
 * hosts, at most once a day each, one at a time, with the operator's identification and never with data that a suspect
 * sent.
 */
export class SuspectProber {
	readonly #options: SuspectProberOptions;
	readonly #history: ProbeHistory;
	#last: Promise<unknown> = Promise.resolve();
	#waiting = 0;

	/** Throws a `UsageError` if the agent's name is invalid in a request. */
	constructor(options: SuspectProberOptions) {
		if (!/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(options.agent))
			throw new UsageError("the name of the probe's agent must be 1 … 100 printable ASCII characters");
		this.#options = options;
		this.#history = options.history ?? new ProbeHistory();
	}

	plan(server: SuspectServer): SuspectProbePlan {
		const target = targetOf(server);
		const steps = protocolsOf(target).map((protocol) => ({
			words: `over TLS, or in the clear where the server does not speak it: as a miner that speaks ${protocol}`,
			bytes: probeRequest(protocol, 1, target.host, target.port, this.#options) ?? "",
		}));
		return { target: server, steps };
	}

	/** Probes on an operator's request. Never rejects, whatever the server does. */
	probe(server: SuspectServer, signal?: AbortSignal): Promise<SuspectProbeResult> {
		return this.#enqueue(server, "requested", signal);
	}

	/** Probes because the program suspects the server; refused unless the configuration permits that. */
	probeAutomatically(server: SuspectServer, signal?: AbortSignal): Promise<SuspectProbeResult> {
		if (this.#options.mode !== "automatic")
			return Promise.resolve(this.#refused(server, "the configuration does not permit automatic probes"));
		return this.#enqueue(server, "automatic", signal);
	}

	#enqueue(server: SuspectServer, reason: string, signal: AbortSignal | undefined): Promise<SuspectProbeResult> {
		const objection = this.#objectionTo(server);
		if (objection !== undefined) return Promise.resolve(this.#refused(server, objection));
		if (this.#waiting >= MOST_WAITING) return Promise.resolve(this.#refused(server, "too many probes wait"));
		this.#waiting++;
		const result = this.#last.then(() => this.#run(server, reason, signal));
		this.#last = result
			.catch(() => {})
			.finally(() => {
				this.#waiting--;
			});
		return result;
	}

	/** The reason why the server must not be probed now. */
	#objectionTo({ address, port, serverName }: SuspectServer): string | undefined {
		const { isOurs, isDenied, allowReserved } = this.#options;
		if (isIP(address) === 0 || !(port >= 1 && port <= 65_535)) return "it has no address and port";
		if (isOurs(address)) return "it is one of our own hosts";
		if (isDenied?.(address) || (serverName !== undefined && isDenied?.(serverName))) return "it must not be asked";
		if (!allowReserved && isReservedAddress(address)) return "its address is private or reserved";
		const last = this.#history.lastProbe(keyOf({ address, port }));
		return last !== undefined && this.#now() - last < DAY ? "it was asked within the last 24 hours" : undefined;
	}

	async #run(server: SuspectServer, reason: string, signal: AbortSignal | undefined): Promise<SuspectProbeResult> {
		// A probe that waited before this one may have been for the same server.
		const objection = signal?.aborted ? "it was interrupted" : this.#objectionTo(server);
		if (objection !== undefined) return this.#refused(server, objection);
		const { log, timeout = TIMEOUT, gap = GAP } = this.#options;
		this.#history.add(keyOf(server), this.#now());
		log(`probe of ${textOf(server)}: ${reason}, as ${this.#options.agent}`);
		const results: TargetResult[] = [];
		const pace = { connections: 1, perSecond: 10, perAddressGap: gap };
		const how = { ...this.#options, ...pace, timeout };
		const counters = createVerifyCounters();
		await verifyPools([targetOf(server)], how, counters, (each) => results.push(each), signal);
		const [result] = results;
		const answer = result && "verified" in result ? proven(server, result.verified) : unproven(server, result?.failure);
		log(`probe of ${textOf(server)}: ${answer.words}`);
		if (answer.pool) this.#options.onProven?.(server, answer.pool);
		return answer;
	}

	#refused(target: SuspectServer, why: string): SuspectProbeResult {
		const words = `not probed: ${why}`;
		this.#options.log(`probe of ${textOf(target)}: ${words}`);
		return { target, outcome: "refused", isPool: false, words };
	}

	#now(): number {
		return this.#options.now?.() ?? Date.now();
	}
}

/** The name is used in requests only if it is a host name. */
function targetOf({ address, port, serverName }: SuspectServer): ProbeTarget {
	const host = serverName === undefined ? undefined : parseHost(serverName);
	return { address, port, host: host ?? address };
}

function proven(target: SuspectServer, pool: VerifiedPool): SuspectProbeResult {
	const coin = pool.coin === undefined ? "" : ` for ${pool.coin}`;
	const words = `the server answered as a mining pool that speaks ${pool.protocol}${coin}${pool.tls ? " over TLS" : ""}`;
	const { protocol, latency } = pool;
	return { target, outcome: "proven", isPool: true, words, protocol, latency, pool };
}

const FAILURES: Readonly<Record<FailureKind, string>> = {
	"no-pool": "the server answered, but not as a pool",
	silent: "the server did not answer",
	closed: "the server closed the connection",
	"no-tls": "the server does not speak TLS",
	unreachable: "the server cannot be reached",
	interrupted: "the probe was interrupted",
};

function unproven(target: SuspectServer, failure: FailureKind = "interrupted"): SuspectProbeResult {
	return { target, outcome: "unproven", isPool: false, words: FAILURES[failure] };
}

function keyOf({ address, port }: { readonly address: string; readonly port: number }): string {
	return `${address} ${port}`;
}

function textOf({ address, port }: SuspectServer): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
