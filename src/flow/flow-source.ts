import type { SourceCounters } from "../bytes/counters.ts";
import type { FlowColumns } from "./flow-columns.ts";

/**
 * Where flows come from. Iterating pulls, so back-pressure is the language's own.
 * A batch is valid until the next pull, unless it is transferred.
 * What cannot be read at all throws a `DeCryptoError` from the first pull; what is merely malformed is counted.
 */
export interface FlowSource extends AsyncIterable<FlowColumns>, AsyncDisposable {
	/** As the user named it: a path, `u:socket`, `live:eth0`. */
	readonly name: string;
	readonly counters: SourceCounters;
	/** Finish what was received, then end: what SIGTERM asks for. */
	stop(): void;
}
