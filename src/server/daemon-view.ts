import type { Allowlist } from "../incident/allowlist.ts";
import type { IncidentEvent } from "../incident/incident.ts";
import type { TestResult } from "../notify/delivery.ts";
import type { Sender } from "../notify/notification-format.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import type { DaemonStatus, ModelStatus, ProbePlan, ProbeResult, ProbeTarget } from "./api-types.ts";

/** What the daemon tells its server as it happens. */
export type DaemonChange =
	| { readonly type: "incident"; readonly event: IncidentEvent }
	| { readonly type: "allowlist" }
	| { readonly type: "status" };

/** One block of a chain, for the picture of a flow's rhythm. */
export interface BlockTime {
	/** Microseconds since the epoch. */
	readonly at: number;
	readonly coin: string;
	readonly height?: number;
}

/** A probe ends after this many milliseconds, whatever the server does: one that is silent takes 41 s. */
export const PROBE_LIMIT = 50_000;

/** Asks a server whether it is a pool. Present only where the configuration permits it. */
export interface Prober {
	/** What would be sent, without sending it. */
	plan(target: ProbeTarget): ProbePlan;
	/** Bounded in time; never rejects for what the server does. */
	probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult>;
}

/** All that the server sees of the program around it. A fake of it makes the server testable alone. */
export interface DaemonView {
	/** Who sends exports (sensor name, version), and the clock in milliseconds. */
	readonly sender: Sender;
	readonly store: IncidentStore;
	status(): DaemonStatus;
	/** The detector's model; undefined before it is loaded. */
	model(): ModelStatus | undefined;
	/** The allowlist in force: entries of files and those of the store's books. */
	allowlist(): Allowlist;
	/** The store's books have changed: resolves when the tracker goes by them. */
	allowlistChanged(): Promise<void>;
	/** Closes an open incident on an operator's word; false if there is none. Resolves when it is stored. */
	closeIncident(id: string, words: string): Promise<boolean>;
	/** Calls the listener for every change, after it was stored, until the returned function is called. */
	subscribe(listener: (change: DaemonChange) => void): () => void;
	/** Sends a marked test notification through one receiver, or all. */
	testReceivers(name?: string): Promise<readonly TestResult[]>;
	/** Whether inputs are open and the store is writable; the reasons, if not. */
	readiness(): readonly string[];
	readonly prober?: Prober | undefined;
	/** Blocks of the coin within the bounds (microseconds), where block times are known. */
	blockTimes?(coin: string, from: number, until: number): readonly BlockTime[];
	/** Prometheus text, where metrics are served at this address, too. */
	metrics?(): Promise<{ readonly contentType: string; readonly body: string }>;
}
