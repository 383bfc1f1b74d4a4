import type { InputOptions } from "../input/input-options.ts";
import { mayBeMining } from "../mining/may-be-mining.ts";
import { mayBecomeMining } from "../mining/may-become-mining.ts";
import { isMining } from "../mining/recognise-mining.ts";

/**
 * The stage between metering and what its flows are for, by name, since functions cannot go to another thread. `detection`:
 * of payload longer than the first packet's only that is kept which may turn out to be mining, and a live flow is reported
 * early when its payload tells that it is; flows have the names that their clients resolved. `export`: all payload, each flow at its end.
 */
export type MeteringPurpose = "detection" | "export";

/** How inputs are read on any thread. */
export interface ReadOptions extends InputOptions {
	readonly purpose: MeteringPurpose;
}

/** The options with what the purpose adds to them. */
export function forPurpose({ purpose, ...options }: ReadOptions): InputOptions {
	if (purpose === "export") return options;
	const { metering } = options;
	// A shard has the answers of its own packets only: what names say must not depend on the number of threads.
	const resolvedNames = metering.shard === undefined;
	return {
		...options,
		metering: { ...metering, resolvedNames, isPayloadWanted: mayBecomeMining, early: isMiningPayload },
	};
}

/** Most payload is rejected by a scan that allocates nothing. */
function isMiningPayload(bytes: Uint8Array, begin: number, end: number): boolean {
	return mayBeMining(bytes, begin, end) && isMining(bytes, begin, end);
}
