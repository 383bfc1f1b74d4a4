import type { Arrival } from "./arrivals.ts";

/** A transport of the collecting process: it only adds received data to the arrivals. */
export interface Receiver {
	/** The port it is bound to. */
	readonly port: number;
	/** The decoder took this arrival: the receiver may add another. */
	taken(arrival: Arrival): void;
	/** Stops receiving; the arrivals end after the data received so far. */
	stop(): void;
}

/** Most bytes received and not yet decoded: about a minute of a busy exporter. */
export const MAX_WAITING = 64 << 20;
