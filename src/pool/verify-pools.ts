import { randomInt } from "node:crypto";
import { type PaceOptions, paced, shuffled } from "./pace.ts";
import { type ProbeOutcome, probe } from "./probe.ts";
import { type ProbeTarget, protocolsOf, transportsOf } from "./probe-plan.ts";
import { type ProbeIdentity, probeRequest } from "./probe-request.ts";
import type { VerifiedPool } from "./verified-pool.ts";

export interface VerifyOptions extends PaceOptions, ProbeIdentity {
	/** Milliseconds for a connection, for a TLS handshake and for an answer, each. */
	readonly timeout: number;
}

/** Why a target is no pool, from the last answer that said something. */
export type FailureKind = Exclude<ProbeOutcome["kind"], "verified"> | "interrupted";

/** What became of one target. */
export type TargetResult =
	| { readonly target: ProbeTarget; readonly verified: VerifiedPool }
	| { readonly target: ProbeTarget; readonly failure: FailureKind };

/** Counts that move while targets are worked through. */
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
 * Asks every target, in random order and at the given pace, until it proves to be a pool or there is nothing more to ask.
 * `onResult` is called once a target, as soon as it is settled; an interrupted one is reported as such, to be asked again.
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
		// Where TLS is spoken, it is spoken by whatever listens there.
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
	// An id that no server guesses: a reply that has it is a reply to this request.
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
