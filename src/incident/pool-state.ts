import type { Evidence } from "../detect/evidence.ts";
import { type PoolEvidence, SHAPE_RELIABILITY } from "./confidence.ts";
import type { IncidentSignal, PoolOfIncident, SignalOfIncident } from "./incident.ts";
import type { PoolOutcome, Sighting } from "./sighting.ts";
import { agreeingSlices, judgedSlices, newTimeSlices, type TimeSlices } from "./time-slices.ts";
import { evidenceWords } from "./words.ts";

/** What a tracker remembers of one pool of one incident. Plain and mutable: part of the snapshot. */
export interface PoolState {
	readonly key: string;
	address: string;
	port: number;
	serverName?: string;
	pool?: string;
	firstSeen: number;
	lastSeen: number;
	flows: number;
	packets: number;
	bytesToPool: number;
	bytesToMiner: number;
	protocol?: string;
	coin?: string;
	software?: string;
	walletPrefix?: string;
	/** Different client ports, at most {@link MOST_CLIENT_PORTS}. */
	ports: number[];
	/** `address:port` under which the pool was seen, at most {@link MOST_ENDPOINTS}. */
	endpoints: string[];
	signals: { -readonly [K in keyof SignalOfIncident]: SignalOfIncident[K] }[];
	slices: TimeSlices;
	probability?: number;
	outcome: PoolOutcome;
	answered: boolean;
}

const MOST_CLIENT_PORTS = 64;
const MOST_ENDPOINTS = 8;
/** Payload decides alone; the rest to 1 is what a forged or misread message may be. */
const PAYLOAD_MASS = 0.99;
/** A judgement, not a measurement: block explorers, wallets and subscribers of nodes follow the blocks of a coin, too. */
const BLOCK_TIMES_MASS = 0.8;

/** The identity of a pool within its incident: the server name, else address and port. */
export function poolKey({ serverName, pool }: Sighting): string {
	return serverName ? serverName.toLowerCase() : endpointKey(pool);
}

export function endpointKey({ address, port }: { readonly address: string; readonly port: number }): string {
	return `${address}:${port}`;
}

export function newPoolState(key: string, sighting: Sighting): PoolState {
	return {
		key,
		address: sighting.pool.address,
		port: sighting.pool.port,
		...(sighting.serverName && { serverName: sighting.serverName }),
		firstSeen: sighting.begin,
		lastSeen: sighting.at,
		flows: 0,
		packets: 0,
		bytesToPool: 0,
		bytesToMiner: 0,
		ports: [],
		endpoints: [],
		signals: [],
		slices: newTimeSlices(),
		outcome: "unknown",
		answered: false,
	};
}

/** Takes in what a sighting tells about the pool, except amounts and time slices. Returns new facts of note. */
export function learnFrom(state: PoolState, sighting: Sighting, isNewFlow: boolean): string[] {
	const { explanation } = sighting;
	const learned: string[] = [];
	state.firstSeen = Math.min(state.firstSeen, sighting.begin);
	state.lastSeen = Math.max(state.lastSeen, sighting.at);
	// A probe knows no port of the miner.
	if (sighting.miner.port > 0) addBounded(state.ports, sighting.miner.port, MOST_CLIENT_PORTS);
	addBounded(state.endpoints, endpointKey(sighting.pool), MOST_ENDPOINTS);
	if (explanation.miningProtocol !== undefined && state.protocol === undefined) {
		state.protocol = explanation.miningProtocol;
		learned.push(`protocol ${state.protocol}`);
	}
	if (explanation.coin !== undefined && state.coin === undefined) {
		state.coin = explanation.coin;
		learned.push(`coin ${state.coin}`);
	}
	if (explanation.pool !== undefined) state.pool ??= explanation.pool;
	if (explanation.software !== undefined) state.software ??= explanation.software;
	if (sighting.walletPrefix !== undefined) state.walletPrefix ??= sighting.walletPrefix;
	state.outcome = betterOutcome(state.outcome, sighting.outcome);
	state.answered ||= isAnswered(sighting);
	for (const evidence of explanation.evidence) countSignal(state, evidence, isNewFlow);
	return learned;
}

function addBounded<T>(list: T[], item: T, most: number): void {
	if (list.length < most && !list.includes(item)) list.push(item);
}

/** What is known of outcomes, best last: a pool that served one flow works, whatever the others show. */
const OUTCOMES: readonly PoolOutcome[] = ["unknown", "unanswered", "refused", "working"];

function betterOutcome(a: PoolOutcome, b: PoolOutcome | undefined): PoolOutcome {
	return b !== undefined && OUTCOMES.indexOf(b) > OUTCOMES.indexOf(a) ? b : a;
}

/** Whether the payload of the flow shows an answer: an outcome, or the recognised message was sent by the pool's end. */
function isAnswered({ outcome, explanation }: Sighting): boolean {
	if (outcome === "working" || outcome === "refused") return true;
	const fromPool = explanation.minerIsSource ? "reverse" : "forward";
	return explanation.evidence.some((evidence) => evidence.signal === "payload" && evidence.direction === fromPool);
}

function countSignal(state: PoolState, evidence: Evidence, isNewFlow: boolean): void {
	const mass = massOf(evidence);
	const signal = evidence.signal as IncidentSignal;
	if (mass === undefined) return;
	const known = state.signals.find((each) => each.signal === signal);
	if (known === undefined) state.signals.push({ signal, flows: 1, mass, words: evidenceWords(evidence) });
	else {
		if (isNewFlow) known.flows++;
		if (mass <= known.mass) return;
		known.mass = mass;
		known.words = evidenceWords(evidence);
	}
	if (evidence.signal === "shape") state.probability = Math.max(state.probability ?? 0, evidence.probability);
}

/** m(miner) of evidence that speaks for mining on its own; undefined for the rest. */
function massOf(evidence: Evidence): number | undefined {
	switch (evidence.signal) {
		case "payload":
			return PAYLOAD_MASS;
		case "server-name":
		case "dns":
		case "foreign-alert":
		case "pool-list":
			return evidence.mass > 0 ? evidence.mass : undefined;
		case "shape":
			return isShapeOfMining(evidence) ? SHAPE_RELIABILITY * evidence.probability : undefined;
		case "block-times":
			return BLOCK_TIMES_MASS;
		case "probe":
			return PAYLOAD_MASS;
		case "conversation":
		case "combination":
		case "plain-protocol":
		case "cache":
			return undefined;
	}
}

/**
 * What shape found in a reported flow: mining or not; undefined if it did not judge, or if the flow was reported for other
 * evidence and shape alone leans to mining without reaching its threshold.
 */
export function shapeVerdict({ explanation }: Sighting): boolean | undefined {
	const shape = explanation.evidence.find((evidence) => evidence.signal === "shape");
	if (shape === undefined) return undefined;
	if (isShapeOfMining(shape)) return true;
	return shape.probability < 0.5 ? false : undefined;
}

function isShapeOfMining({ probability, threshold }: { probability: number; threshold: number }): boolean {
	return probability > threshold;
}

export function evidenceOf(state: PoolState): PoolEvidence {
	return {
		masses: new Map(state.signals.map(({ signal, mass }) => [signal, mass])),
		answered: state.answered,
		probability: state.probability ?? 0,
		slicesJudged: judgedSlices(state.slices),
		slicesAgreeing: agreeingSlices(state.slices),
	};
}

export function poolOf(state: PoolState): PoolOfIncident {
	const { ports, endpoints: _, slices, answered: __, signals, ...rest } = state;
	return {
		...rest,
		clientPorts: ports.length,
		signals: signals.map((signal) => ({ ...signal })),
		slicesJudged: judgedSlices(slices),
		slicesAgreeing: agreeingSlices(slices),
	};
}
