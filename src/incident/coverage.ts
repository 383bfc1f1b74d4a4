import type { Confidence, Host } from "./incident.ts";

/** What an allowlist looks at. */
export interface CoveredIncident {
	readonly host: Host;
	readonly confidence: Confidence;
	/** Microseconds of flow time: what the hours of an entry are compared with. */
	readonly lastSeen: number;
	readonly pools: readonly CoveredPool[];
	/** Pools that are only counted; nothing is known of them. */
	readonly furtherPools: number;
}

export interface CoveredPool {
	readonly address: string;
	readonly port: number;
	readonly serverName?: string;
	readonly coin?: string;
	/** All `address:port` under which it was seen; absent: only `address` and `port`. */
	readonly endpoints?: readonly string[];
}

/** The allowlist as the tracker uses it. Pure: the same questions have the same answers. */
export interface Coverage {
	/** Identifiers of the entries that cover the incident and have not expired at `at` (microseconds of flow time). */
	coveredBy(incident: CoveredIncident, at: number): readonly string[];
	/** The earliest expiry after `at`; Infinity if no entry expires. */
	nextExpiry(at: number): number;
	/** The entry's reason and owner in words; undefined for an entry that is not on the list. */
	describe(id: string): string | undefined;
}

export const NO_COVERAGE: Coverage = {
	coveredBy: () => [],
	nextExpiry: () => Infinity,
	describe: () => undefined,
};
