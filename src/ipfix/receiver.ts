import type { Arrival } from "./arrivals.ts";

/** A transport of the collecting process: it puts what it receives among the arrivals, and nothing else. */
export interface Receiver {
	/** The port it is bound to. */
	readonly port: number;
	/** The decoder took this arrival: there is room for another. */
	taken(arrival: Arrival): void;
	/** Takes no more from outside; the arrivals end when what was received is among them. */
	stop(): void;
}

/** Bytes received and not yet decoded, at most: what a minute of a busy exporter takes, and no more. */
export const MAX_WAITING = 64 << 20;
