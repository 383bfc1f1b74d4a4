import type { SourceCounters } from "../bytes/counters.ts";
import type { FlowColumns } from "./flow-columns.ts";

/**
 * A source of flows. Iterating pulls, so back-pressure is that of the language.
 * A batch is valid until the next pull, unless it is transferred.
 * An unreadable input throws a `DeCryptoError` from the first pull; malformed records are counted.
 */
export interface FlowSource extends AsyncIterable<FlowColumns>, AsyncDisposable {
	/** The name that the user gave: a path, `u:socket`, `live:eth0`. */
	readonly name: string;
	readonly counters: SourceCounters;
	/** Process what was received, then end: the reaction to SIGTERM. */
	stop(): void;
}
