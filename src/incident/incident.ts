import type { PoolOutcome } from "./sighting.ts";

/** How certain an incident is; docs/incidents.md has the rule of each. In ascending order. */
export const CONFIDENCES = ["suspected", "probable", "confirmed"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** `miner`; `proxy`: miners on one side, a pool on the other; `pool`: serves miners and is ours. */
export type Role = "miner" | "proxy" | "pool";

/** What an incident is about: an address; in networks that reuse addresses, with its VLAN or observation domain. */
export interface Host {
	readonly address: string;
	readonly domain?: string;
	/** The name of the host's network (`networks.names`). */
	readonly network?: string;
}

/** The signals of an incident; the same names as in `Evidence.signal`, plus those that only incidents have. */
export type IncidentSignal =
	| "payload"
	| "server-name"
	| "pool-list"
	| "shape"
	| "conversation"
	| "block-times"
	| "dns"
	| "probe"
	| "foreign-alert";

/** One signal's contribution to an incident or to one of its pools. */
export interface SignalOfIncident {
	readonly signal: IncidentSignal;
	/** Flows in which the signal spoke. */
	readonly flows: number;
	/** The strongest m(miner) of the signal, 0 … 1. */
	readonly mass: number;
	/** The strongest evidence in one sentence, for people. May quote text from the network. */
	readonly words: string;
}

/** One pool, or server that is taken for one, of an incident. */
export interface PoolOfIncident {
	/** The server name, else `address:port`: the identity of a pool within its incident. */
	readonly key: string;
	readonly address: string;
	readonly port: number;
	readonly serverName?: string;
	/** The pool's name, where the server name or a pool list tells it. */
	readonly pool?: string;
	/** Microseconds since the epoch. */
	readonly firstSeen: number;
	readonly lastSeen: number;
	readonly flows: number;
	readonly packets: number;
	readonly bytesToPool: number;
	readonly bytesToMiner: number;
	readonly protocol?: string;
	readonly coin?: string;
	readonly software?: string;
	readonly walletPrefix?: string;
	/** Different client ports seen, counted up to a bound. */
	readonly clientPorts: number;
	readonly signals: readonly SignalOfIncident[];
	/** Time slices that shape judged, and those of them that it found to be mining. */
	readonly slicesJudged: number;
	readonly slicesAgreeing: number;
	/** The highest forest probability. */
	readonly probability?: number;
	readonly outcome: PoolOutcome;
}

/** One host that mines. Replaced, never mutated. */
export interface Incident {
	/** A hash of host and opening time. */
	readonly id: string;
	/** The sequence number of the incident's last event, from 1. */
	readonly sequence: number;
	readonly host: Host;
	readonly role: Role;
	readonly state: "open" | "closed";
	readonly confidence: Confidence;
	/** The incident's combined m(miner), 0 … 1. */
	readonly score: number;
	/** Microseconds since the epoch of flow time. */
	readonly opened: number;
	readonly lastSeen: number;
	readonly closed?: number;
	readonly flows: number;
	readonly packets: number;
	readonly bytesToPool: number;
	readonly bytesToMiner: number;
	/** At most 32; `furtherPools` counts the rest. */
	readonly pools: readonly PoolOfIncident[];
	readonly furtherPools: number;
	readonly signals: readonly SignalOfIncident[];
	readonly inputs: readonly string[];
	/** Identifiers of the allowlist entries that cover the incident now. */
	readonly allowedBy: readonly string[];
}

export const EVENT_KINDS = ["opened", "escalated", "changed", "grown", "reminder", "closed", "reopened"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One change of an incident. `incident` is the whole incident after the change. */
export interface IncidentEvent {
	readonly kind: EventKind;
	/** Equals `incident.sequence`; with `incident.id` the identity of the event. */
	readonly sequence: number;
	/** Microseconds since the epoch of flow time. */
	readonly at: number;
	/** One sentence that says what changed, for people. */
	readonly words: string;
	readonly incident: Incident;
}
