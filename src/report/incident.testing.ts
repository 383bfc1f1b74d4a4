import type { Incident, IncidentEvent, PoolOfIncident } from "../incident/incident.ts";
import type { TrackerOutput } from "../incident/tracker.ts";

const START = 1_700_000_000e6;

export const poolExample: PoolOfIncident = {
	key: "pool.example",
	address: "203.0.113.7",
	port: 3333,
	serverName: "pool.example",
	firstSeen: START,
	lastSeen: START + 3600e6,
	flows: 12,
	packets: 340,
	bytesToPool: 20_000,
	bytesToMiner: 40_000,
	protocol: "stratum",
	coin: "Monero",
	software: "XMRig 6.21.0",
	walletPrefix: "44AFFq",
	clientPorts: 1,
	signals: [{ signal: "payload", flows: 12, mass: 0.99, words: "the payload speaks stratum: login" }],
	slicesJudged: 12,
	slicesAgreeing: 0,
	probability: 0.0002,
	outcome: "working",
};

export const incidentExample: Incident = {
	id: "00112233445566aa",
	sequence: 1,
	host: { address: "10.0.0.5" },
	role: "miner",
	state: "open",
	confidence: "confirmed",
	score: 0.99,
	opened: START,
	lastSeen: START + 3600e6,
	flows: 12,
	packets: 340,
	bytesToPool: 20_000,
	bytesToMiner: 40_000,
	pools: [poolExample],
	furtherPools: 0,
	signals: poolExample.signals,
	inputs: ["a.pcap"],
	allowedBy: [],
};

/** What a tracker says when these incidents are new. */
export function outputOf(...incidents: readonly Incident[]): TrackerOutput {
	const events = incidents.map(
		(incident): IncidentEvent => ({ kind: "opened", sequence: 1, at: START, words: "", incident }),
	);
	return {
		events,
		updated: incidents.map((incident) => ({ incident, state: {} as TrackerOutput["updated"][number]["state"] })),
		forgotten: [],
		sightings: [],
		hits: new Map(),
		now: START,
	};
}
