import type { Confidence, EventKind, Incident, IncidentSignal, PoolOfIncident } from "../incident/incident.ts";
import type { Notification } from "./notification.ts";

/** MITRE ATT&CK: what mining on somebody else's machine is. */
export const TECHNIQUE = {
	tactic: { id: "TA0040", name: "Impact" },
	technique: { id: "T1496", name: "Resource Hijacking" },
	subtechnique: { id: "T1496.001", name: "Compute Hijacking" },
	url: "https://attack.mitre.org/techniques/T1496/001/",
} as const;

/** 0 … 10, as CEF and LEEF count: allowed mining is information, not an alarm. */
const SEVERITIES: Readonly<Record<Confidence, number>> = { suspected: 4, probable: 7, confirmed: 9 };

export function severity({ event, test }: Notification): number {
	if (test || isAllowed(event.incident)) return 1;
	return SEVERITIES[event.incident.confidence];
}

export function isAllowed(incident: Incident): boolean {
	return incident.allowedBy.length > 0;
}

/** The pool with the most flows: what formats with room for one destination name. */
export function mainPool({ pools }: Incident): PoolOfIncident | undefined {
	let main = pools[0];
	for (const pool of pools) if (pool.flows > main!.flows) main = pool;
	return main;
}

export function coinsOf({ pools }: Incident): string[] {
	return [...new Set(pools.flatMap(({ coin }) => (coin === undefined ? [] : [coin])))];
}

export function flowsOf(incident: Incident, signal: IncidentSignal): number {
	return incident.signals.find((entry) => entry.signal === signal)?.flows ?? 0;
}

const HAPPENED: Readonly<Record<EventKind, string>> = {
	opened: "began",
	escalated: "is more certain",
	changed: "changed",
	grown: "grew",
	reminder: "continues",
	closed: "ended",
	reopened: "began again",
};

const DOES: Readonly<Record<Incident["role"], string>> = {
	miner: "mines",
	proxy: "relays miners",
	pool: "serves miners as a pool",
};

/** What the incident is about, in one clause: `10.3.1.7 (HPC cluster) mines Monero at pool.example (confirmed)`. */
export function subject(incident: Incident): string {
	const { host, role, confidence } = incident;
	const network = host.network === undefined ? "" : ` (${host.network})`;
	const coins = role === "miner" && coinsOf(incident).length > 0 ? ` ${coinsOf(incident).join(", ")}` : "";
	const pool = mainPool(incident);
	const where = pool && role !== "pool" ? ` at ${pool.key}` : "";
	const others = incident.pools.length + incident.furtherPools - 1;
	const more = others > 0 && where !== "" ? ` and ${others} more` : "";
	return `${host.address}${network} ${DOES[role]}${coins}${where}${more} (${confidence})`;
}

/** One sentence of what happened, for people. It may quote text from the network: every format escapes it. */
export function sentence({ event, test }: Notification): string {
	const mark = test ? "TEST: " : "";
	return `${mark}Mining ${HAPPENED[event.kind]}: ${subject(event.incident)}. ${event.words}`.trimEnd();
}
