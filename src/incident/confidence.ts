import { combine, discounted, type Mass, massOfProbability, supportMass, VACUOUS } from "../detect/dempster-shafer.ts";
import type { Confidence, IncidentSignal } from "./incident.ts";

/** What the rules look at: the evidence of one pool of one host (docs/incidents.md has the rules with their formulas). */
export interface PoolEvidence {
	/** The strongest m(miner) of each signal. */
	readonly masses: ReadonlyMap<IncidentSignal, number>;
	/** Whether an answer of the pool was seen in payload. */
	readonly answered: boolean;
	/** The forest's highest probability among the flows that it found to be mining; 0 without such flows. */
	readonly probability: number;
	readonly slicesJudged: number;
	readonly slicesAgreeing: number;
}

/** At least this share of the judged slices must agree. */
export const AGREEING_SHARE = 0.5;
/** This many slices must agree before shape alone is `probable`. */
export const AGREEING_SLICES = 2;
/** A single flow with at least this probability is `probable`, unless most slices disagree. */
export const HIGH_PROBABILITY = 0.99;
/** Discount of the forest's probability: it is fitted on networks other than the one that is watched. */
export const SHAPE_RELIABILITY = 0.9;

/** Signals that look at the same fact are one witness: name, list and DNS all tell which server it is. */
const WITNESS_OF: Readonly<Partial<Record<IncidentSignal, string>>> = {
	"server-name": "server",
	"pool-list": "server",
	dns: "server",
	"foreign-alert": "foreign-alert",
	// Explorers and wallets follow the blocks, too: a second witness must agree.
	"block-times": "block-times",
};

export function confidenceOf(evidence: PoolEvidence): Confidence {
	const { masses, answered } = evidence;
	if (masses.has("probe") || (masses.has("payload") && answered)) return "confirmed";
	if (masses.has("payload")) return "probable";
	const shapeAgrees = shareOf(evidence) >= AGREEING_SHARE && evidence.slicesAgreeing > 0;
	const witnesses = new Set<string>();
	for (const signal of masses.keys()) {
		const witness = WITNESS_OF[signal];
		if (witness !== undefined) witnesses.add(witness);
	}
	if (shapeAgrees) witnesses.add("shape");
	if (witnesses.size >= 2) return "probable";
	if (!shapeAgrees) return "suspected";
	const isPersistent = evidence.slicesAgreeing >= AGREEING_SLICES;
	return isPersistent || evidence.probability >= HIGH_PROBABILITY ? "probable" : "suspected";
}

/** The combined mass function's m(miner): Dempster's rule over the signals, shape weighed by the share of agreeing slices. */
export function scoreOf(evidence: PoolEvidence): number {
	let mass: Mass = VACUOUS;
	for (const [signal, miner] of evidence.masses) {
		// Shape is counted once, below; a conversation accumulates the same flows' shapes and names.
		if (signal !== "shape" && signal !== "conversation") mass = combine(mass, supportMass(miner));
	}
	if (evidence.slicesJudged > 0) {
		const probability = shareOf(evidence) * evidence.probability;
		mass = combine(mass, discounted(massOfProbability(probability), SHAPE_RELIABILITY));
	}
	return mass.miner;
}

function shareOf({ slicesJudged, slicesAgreeing }: PoolEvidence): number {
	return slicesJudged === 0 ? 0 : slicesAgreeing / slicesJudged;
}
