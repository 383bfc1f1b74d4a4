import { randomInt } from "node:crypto";
import { type PaceOptions, paced, shuffled } from "./pace.ts";
import { type ProbeOutcome, probe } from "./probe.ts";
import { type ProbeTarget, protocolsOf, transportsOf } from "./probe-plan.ts";
import { type ProbeIdentity, probeRequest } from "./probe-request.ts";
import type { VerifiedPool } from "./verified-pool.ts";

export interface VerifyOptions extends PaceOptions, ProbeIdentity {
	/** Milliseconds each for a connection, for a TLS handshake and for an answer. */
	readonly timeout: number;
}

/** Why a target is not a pool, from its last conclusive answer. */
export type FailureKind = Exclude<ProbeOutcome["kind"], "verified"> | "interrupted";

/** The result for one target. */
export type TargetResult =
	| { readonly target: ProbeTarget; readonly verified: VerifiedPool }
	| { readonly target: ProbeTarget; readonly failure: FailureKind };

/** Counters that change while targets are probed. */
export interface VerifyCounters {
	connections: number;
	done: number;
	verified: number;
	readonly failures: Map<FailureKind, number>;
}

export function createVerifyCounters(): VerifyCounters {
	return { connections: 0, done: 0, verified: 0, failures: new Map() };
}

/**
 * Probes every target, in random order and at the given pace, until it proves to be a pool or no attempt is left.
 * `onResult` is called once per target, as soon as it has a result; an interrupted one is reported as such, for the
 * next run.
 */
export async function verifyPools(
	targets: readonly ProbeTarget[],
	options: VerifyOptions,
	counters: VerifyCounters,
	onResult: (result: TargetResult) => void,
	signal?: AbortSignal,
): Promise<void> {
	const groups = Map.groupBy(shuffled(targets), ({ address }) => address);
	await paced(
		[...groups.values()],
		options,
		async (target, turn) => {
			const result = await verifyTarget(target, options, counters, turn, signal);
			if ("verified" in result) counters.verified++;
			else counters.failures.set(result.failure, (counters.failures.get(result.failure) ?? 0) + 1);
			counters.done++;
			onResult(result);
		},
		signal,
	);
}

async function verifyTarget(
	target: ProbeTarget,
	options: VerifyOptions,
	counters: VerifyCounters,
	turn: () => Promise<boolean>,
	signal?: AbortSignal,
): Promise<TargetResult> {
	let failure: FailureKind = "closed";
	for (const tls of transportsOf(target)) {
		for (const protocol of protocolsOf(target)) {
			if (!(await turn())) return { target, failure: "interrupted" };
			counters.connections++;
			const outcome = await ask(target, tls, protocol, options, signal);
			if (signal?.aborted && outcome.kind !== "verified") return { target, failure: "interrupted" };
			if (outcome.kind === "verified") return { target, verified: verifiedPool(target, tls, outcome) };
			failure = outcome.kind;
			if (failure === "unreachable") return { target, failure };
			if (failure === "no-tls") break;
		}
		// If the server speaks TLS on this port, every protocol there uses it.
		if (tls && failure !== "no-tls") break;
	}
	return { target, failure };
}

function ask(
	target: ProbeTarget,
	tls: boolean,
	protocol: ReturnType<typeof protocolsOf>[number],
	options: VerifyOptions,
	signal?: AbortSignal,
): Promise<ProbeOutcome> {
	const { address, port, host } = target;
	// An id that no server guesses: a reply that contains it is a reply to this request.
	const id = randomInt(1000, 1_000_000);
	const request = probeRequest(protocol, id, host, port, options);
	if (request === undefined) return Promise.resolve({ kind: "no-pool" });
	return probe({ address, port, tls, serverName: host, protocol, id, request, timeout: options.timeout }, signal);
}

function verifiedPool(target: ProbeTarget, tls: boolean, outcome: ProbeOutcome & { kind: "verified" }): VerifiedPool {
	const { address, port, host, pool } = target;
	const { proven, latency, certificateNames } = outcome;
	const coin = proven.coin ?? target.coin;
	return {
		address,
		port,
		tls,
		protocol: proven.protocol,
		...(coin !== undefined && { coin }),
		...(pool !== undefined && { pool }),
		host,
		latency,
		certificateNames,
		verified: new Date().toISOString().slice(0, 19).concat("Z"),
	};
}
