import type { FlowColumns } from "../flow/flow-columns.ts";
import {
	combine,
	discounted,
	type Mass,
	massOfProbability,
	pignistic,
	probabilityThreshold,
	supportMass,
	VACUOUS,
} from "./dempster-shafer.ts";
import type { Detector, DetectState } from "./detector.ts";
import { type EndpointEvidence, judgeEndpoint, serverNameColumn } from "./endpoint.ts";
import { computeFeatures } from "./features.ts";
import { judgePayloads } from "./payload-decision.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "./shape-obstacle.ts";
import { REASON, type VerdictColumns } from "./verdicts.ts";

const HTTPS = 443;

/** Decides flows `begin … end` of the batch, at most `BLOCK_LENGTH` of them. Ordinary flows cost no allocation. */
export function judgeBlock(
	flows: FlowColumns,
	begin: number,
	end: number,
	detector: Detector,
	state: DetectState,
): void {
	judgePayloads(flows, begin, end, state.verdicts);
	judgeEndpoints(flows, begin, end, detector, state.verdicts);
	judgeShapes(flows, begin, end, detector, state);
	decideRows(detector, state);
	if (state.cache !== undefined) {
		askCache(flows, begin, end, detector, state);
		decideRows(detector, state);
	}
	if (state.conversations !== undefined) combineConversations(flows, begin, end, detector, state);
}

/** Fills the detector's `endpoints` for the flows that are not decided yet, and decides those on a pool list that does so alone. */
function judgeEndpoints(
	flows: FlowColumns,
	begin: number,
	end: number,
	detector: Detector,
	verdicts: VerdictColumns,
): void {
	const { endpoints } = detector;
	const { pools, poolsDecide } = detector.options;
	for (let i = begin; i < end; i++) {
		const name = serverNameColumn(flows, i);
		const isAsked = (name !== undefined || pools !== undefined) && verdicts.paths[i] === REASON.NONE;
		const endpoint = isAsked ? judgeEndpoint(flows, i, name, pools) : undefined;
		endpoints[i - begin] = endpoint;
		if (poolsDecide && endpoint?.listed !== undefined) settle(verdicts, i, REASON.DST, true);
	}
}

/** Makes rows for the forest of the flows that are not decided yet, or leaves them to the cache. */
function judgeShapes(flows: FlowColumns, begin: number, end: number, detector: Detector, state: DetectState): void {
	const { paths } = state.verdicts;
	const namelessAreOrdinary = state.cache === undefined && !detector.options.filter;
	for (let i = begin; i < end; i++) {
		if (paths[i] !== REASON.NONE) continue;
		const endpoint = detector.endpoints[i - begin];
		if (namelessAreOrdinary || serverNameColumn(flows, i) !== undefined)
			judgeShape(flows, i, endpoint, detector, state);
		else if (state.cache !== undefined) paths[i] = REASON.CACHE;
		else judgeNameless(flows, i, endpoint, detector, state);
	}
}

function judgeNameless(
	flows: FlowColumns,
	i: number,
	endpoint: EndpointEvidence | undefined,
	detector: Detector,
	state: DetectState,
): void {
	if (detector.options.filter && flows.destinationPort[i] === HTTPS) {
		state.verdicts.skipped[i] = 1;
		state.counters.filtered++;
	} else judgeShape(flows, i, endpoint, detector, state);
}

function judgeShape(
	flows: FlowColumns,
	i: number,
	endpoint: EndpointEvidence | undefined,
	detector: Detector,
	state: DetectState,
): void {
	const { thresholds } = detector;
	const { verdicts } = state;
	const path = endpoint?.speaksOfMining ? REASON.DST : REASON.ML;
	const obstacle = shapeObstacle(flows, i);
	if (obstacle === SHAPE_OBSTACLE.NONE) {
		const rows = goesOn(path, state) ? detector.exactRows : detector.rows;
		computeFeatures(flows, i, detector.plan, rows.features, rows.nextOffset);
		rows.add(i, rowThreshold(endpoint, detector));
		verdicts.paths[i] = path;
		return;
	}
	state.counters.shapeObstacles[obstacle]!++;
	if (path !== REASON.DST) return;
	verdicts.scores[i] = pignistic(endpoint!.mass);
	settle(verdicts, i, REASON.DST, verdicts.scores[i]! > thresholds.dst);
}

/** Whether something goes on from the forest's whole probability: the conversation's mass, or the score that the cache keeps. */
function goesOn(path: number, state: DetectState): boolean {
	return state.conversations !== undefined || (state.cache !== undefined && path === REASON.DST);
}

/** The forest's probability above which the flow is a miner, given what else is known of it. */
function rowThreshold(endpoint: EndpointEvidence | undefined, detector: Detector): number {
	const { thresholds, reliability, mlScore } = detector;
	if (endpoint === undefined) return thresholds.ml;
	return probabilityThreshold(endpoint.speaksOfMining ? thresholds.dst : mlScore, reliability, endpoint.mass);
}

/** Asks the forest about the rows. */
function decideRows({ rows, exactRows, predictor }: Detector, { verdicts }: DetectState): void {
	rows.decide(predictor);
	exactRows.decideExactly(predictor);
	for (let k = 0; k < exactRows.count; k++) verdicts.probabilities[exactRows.flows[k]!] = exactRows.probabilities[k]!;
	for (const decided of [rows, exactRows]) {
		for (let k = 0; k < decided.count; k++) {
			const i = decided.flows[k]!;
			if (decided.decisions[k] === 1) verdicts.reasons[i] = verdicts.paths[i]!;
		}
		decided.clear();
	}
}

/** In the order of the flows: what was decided with a name is remembered, flows without one are looked up or go on to the forest. */
function askCache(flows: FlowColumns, begin: number, end: number, detector: Detector, state: DetectState): void {
	const { verdicts } = state;
	const cache = state.cache!;
	for (let i = begin; i < end; i++) {
		const endpoint = detector.endpoints[i - begin];
		if (verdicts.paths[i] === REASON.DST && endpoint?.speaksOfMining) {
			verdicts.scores[i] = pignistic(combine(forestMass(verdicts.probabilities[i]!, detector), endpoint.mass));
			cache.remember(flows, i, verdicts.reasons[i] !== REASON.NONE, verdicts.scores[i]!);
		} else if (verdicts.paths[i] === REASON.CACHE) {
			const entry = cache.find(flows, i);
			if (entry < 0) {
				verdicts.paths[i] = REASON.NONE;
				judgeNameless(flows, i, endpoint, detector, state);
				continue;
			}
			verdicts.scores[i] = cache.score(entry);
			verdicts.decidedAt[i] = cache.decidedAt(entry);
			settle(verdicts, i, REASON.CACHE, cache.isMiner(entry));
		}
	}
}

/** In the order of the flows: each is combined with what the earlier flows of its conversation said, and remembered. */
function combineConversations(
	flows: FlowColumns,
	begin: number,
	end: number,
	detector: Detector,
	state: DetectState,
): void {
	const { verdicts } = state;
	const conversations = state.conversations!;
	const earlier = verdicts.earlier!;
	for (let i = begin; i < end; i++) {
		const path = verdicts.paths[i]!;
		const endpoint = detector.endpoints[i - begin];
		const isSettled = path === REASON.STRATUM || path === REASON.CACHE || verdicts.skipped[i] === 1;
		if (isSettled || (detector.options.poolsDecide && endpoint?.listed !== undefined)) continue;
		conversations.recall(flows, i, earlier);
		const own = combine(forestMass(verdicts.probabilities[i]!, detector), endpoint?.mass ?? VACUOUS);
		const isNamed = endpoint?.speaksOfMining === true || earlier.named[i] === 1;
		const all = combine(supportMass(earlier.miner[i]!, earlier.other[i]!), own);
		if (earlier.flows[i]! > 0) {
			verdicts.scores[i] = pignistic(all);
			const threshold = isNamed ? detector.thresholds.dst : detector.mlScore;
			settle(verdicts, i, isNamed ? REASON.DST : REASON.ML, verdicts.scores[i]! > threshold);
		}
		if (all.uncertain < 1) conversations.remember(flows, i, all, earlier, isNamed);
	}
}

/** The forest's probability as a mass function, discounted by its reliability; vacuous where it did not judge (NaN). */
export function forestMass(probability: number, detector: Detector): Mass {
	return Number.isNaN(probability) ? VACUOUS : discounted(massOfProbability(probability), detector.reliability);
}

function settle(verdicts: VerdictColumns, i: number, path: number, isMiner: boolean): void {
	verdicts.paths[i] = path;
	verdicts.reasons[i] = isMiner ? path : REASON.NONE;
}
