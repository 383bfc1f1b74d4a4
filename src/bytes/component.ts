/** The state of a component, for health checks: `degraded` works with losses, `failed` does not work. */
export interface Health {
	readonly state: "ok" | "degraded" | "failed";
	/** One sentence for people; absent for `ok`. */
	readonly reason?: string;
}

export const HEALTHY: Health = { state: "ok" };

/** Named numbers of a component. A map breaks a number down, for example malformed records by reason. */
export type Counters = object;

/**
 * Anything that runs: the interface that metrics, health checks and shutdown need. Sources and sinks are components.
 */
export interface Component extends AsyncDisposable {
	/** The name that the user gave: a path, `u:socket`, `live:eth0`, the name of a receiver. */
	readonly name: string;
	readonly counters: Counters;
	health(): Health;
	/** Process what was received, then end: the reaction to SIGTERM. Does not wait. */
	stop(): void;
}
