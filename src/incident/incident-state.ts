import { createHash } from "node:crypto";
import { confidenceOf, scoreOf } from "./confidence.ts";
import {
	CONFIDENCES,
	type Confidence,
	type Host,
	type Incident,
	type Role,
	type SignalOfIncident,
} from "./incident.ts";
import { evidenceOf, newPoolState, type PoolState, poolOf } from "./pool-state.ts";
import type { Sighting } from "./sighting.ts";

/** What a tracker remembers of one incident. Plain and mutable: part of the snapshot. */
export interface IncidentState {
	readonly id: string;
	readonly host: Host;
	readonly opened: number;
	sequence: number;
	isOpen: boolean;
	/** Never falls while the incident lives: what was notified is not taken back. */
	confidence: Confidence;
	/** Whether the host was seen as a miner, and as the server of miners. */
	mines: boolean;
	serves: boolean;
	lastSeen: number;
	closed?: number;
	flows: number;
	packets: number;
	bytesToPool: number;
	bytesToMiner: number;
	pools: PoolState[];
	/** The sum of all pools that found no room in `pools`. */
	rest?: PoolState;
	/** Keys of the pools in `rest`, at most {@link MOST_FURTHER_POOLS}. */
	furtherKeys: string[];
	inputs: string[];
	allowedBy: readonly string[];
	/** The flow count at which the next `grown` event is due. */
	growsAt: number;
	/** Times at which the incident closes unless it is seen again, and at which a reminder is due. */
	quietUntil: number;
	remindAt: number;
}

export const MOST_POOLS = 32;
const MOST_FURTHER_POOLS = 256;
const MOST_INPUTS = 16;
/** Growth is told from this flow count on, so that small incidents tell it rarely. */
export const FIRST_GROWTH = 16;

/** The key under which a tracker finds a host. */
export function hostKey(address: string, domain: string | undefined): string {
	return domain === undefined ? address : `${address}%${domain}`;
}

/** 16 hexadecimal digits of SHA-256 over host and opening time: two readings of one capture give one id. */
export function incidentId(host: Host, opened: number): string {
	const text = JSON.stringify([host.address, host.domain ?? null, opened]);
	return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

export function newIncidentState(host: Host, sighting: Sighting): IncidentState {
	return {
		id: incidentId(host, sighting.begin),
		host,
		opened: sighting.begin,
		sequence: 0,
		isOpen: true,
		confidence: "suspected",
		mines: false,
		serves: false,
		lastSeen: sighting.at,
		flows: 0,
		packets: 0,
		bytesToPool: 0,
		bytesToMiner: 0,
		pools: [],
		furtherKeys: [],
		inputs: [],
		allowedBy: [],
		growsAt: FIRST_GROWTH,
		quietUntil: 0,
		remindAt: 0,
	};
}

/** The state of the sighting's pool, made if the pool is new. `isNew`: whether the incident learned of a pool. */
export function poolStateOf(
	state: IncidentState,
	key: string,
	sighting: Sighting,
): { pool: PoolState; isNew: boolean } {
	const known = state.pools.find((pool) => pool.key === key);
	if (known) return { pool: known, isNew: false };
	if (state.pools.length < MOST_POOLS) {
		const pool = newPoolState(key, sighting);
		state.pools.push(pool);
		return { pool, isNew: true };
	}
	state.rest ??= newPoolState("", sighting);
	if (state.furtherKeys.length < MOST_FURTHER_POOLS && !state.furtherKeys.includes(key)) state.furtherKeys.push(key);
	return { pool: state.rest, isNew: false };
}

export function addInput(state: IncidentState, input: string): void {
	if (state.inputs.length < MOST_INPUTS && !state.inputs.includes(input)) state.inputs.push(input);
}

export function roleOf({ mines, serves }: IncidentState): Role {
	if (!serves) return "miner";
	return mines ? "proxy" : "pool";
}

/** The confidence after a sighting of the pool: at least what it was. Only the pool that was seen can raise it. */
export function raisedConfidence(state: IncidentState, pool: PoolState): Confidence {
	const reached = CONFIDENCES.indexOf(confidenceOf(evidenceOf(pool)));
	return CONFIDENCES[Math.max(CONFIDENCES.indexOf(state.confidence), reached)]!;
}

function evidencedPools({ pools, rest }: IncidentState): readonly PoolState[] {
	return rest === undefined ? pools : [...pools, rest];
}

/** The incident as it is now, detached from the state. */
export function incidentOf(state: IncidentState): Incident {
	const { id, sequence, host, opened, lastSeen, closed, flows, packets, bytesToPool, bytesToMiner } = state;
	return {
		id,
		sequence,
		host,
		role: roleOf(state),
		state: state.isOpen ? "open" : "closed",
		confidence: state.confidence,
		score: Math.max(0, ...evidencedPools(state).map((pool) => scoreOf(evidenceOf(pool)))),
		opened,
		lastSeen,
		...(!state.isOpen && closed !== undefined && { closed }),
		flows,
		packets,
		bytesToPool,
		bytesToMiner,
		pools: state.pools.map(poolOf),
		furtherPools: state.furtherKeys.length,
		signals: signalsOf(evidencedPools(state)),
		inputs: [...state.inputs],
		allowedBy: [...state.allowedBy],
	};
}

function signalsOf(pools: readonly PoolState[]): SignalOfIncident[] {
	const bySignal = new Map<string, SignalOfIncident>();
	for (const signal of pools.flatMap(({ signals }) => signals)) {
		const before = bySignal.get(signal.signal);
		const strongest = before === undefined || signal.mass > before.mass ? signal : before;
		bySignal.set(signal.signal, { ...strongest, flows: signal.flows + (before?.flows ?? 0) });
	}
	return [...bySignal.values()];
}
