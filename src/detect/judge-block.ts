import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Conversations } from "./conversations.ts";
import { combine, pignistic, probabilityThreshold } from "./dempster-shafer.ts";
import { decidesAlone, type EndpointEvidence, judgeEndpoint } from "./endpoint.ts";
import { computeFeatures } from "./features.ts";
import { forestMass } from "./forest-mass.ts";
import type { DetectMemory, Detector } from "./judge.ts";
import { judgePayloads } from "./payload-decision.ts";
import { otherProtocolOf } from "./plain-protocols.ts";
import { serverNameColumn } from "./server-names.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "./shape-obstacle.ts";
import { REASON, type VerdictColumns } from "./verdicts.ts";

const HTTPS = 443;

/** Decides flows `begin … end` of the batch, at most `BLOCK_LENGTH` of them. Ordinary flows cost no allocation. */
export function judgeBlock(
	flows: FlowColumns,
	begin: number,
	end: number,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
): void {
	judgePayloads(flows, begin, end, verdicts);
	judgeEndpoints(flows, begin, end, detector, verdicts);
	judgeShapes(flows, begin, end, detector, memory, verdicts);
	decideRows(flows, detector, verdicts);
	if (memory.cache !== undefined) {
		askCache(flows, begin, end, detector, memory, verdicts);
		decideRows(flows, detector, verdicts);
	}
	if (memory.conversations !== undefined) requireAgreement(flows, begin, end, memory.conversations, verdicts);
}

/** Fills the detector's `endpoints` for undecided flows, and decides those whose name or pool list decides alone. */
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
		const endpoint = verdicts.decidedBy[i] === REASON.NONE ? judgeEndpoint(flows, i, pools) : undefined;
		endpoints[i - begin] = endpoint;
		if (endpoint === undefined) continue;
		if (decidesAlone(endpoint)) verdicts.scores[i] = endpoint.mass.miner;
		else if (!(poolsDecide && endpoint.listed !== undefined)) continue;
		settle(verdicts, i, REASON.DST, true);
	}
}

/** Makes rows for the forest from undecided flows, or leaves them to the cache. */
function judgeShapes(
	flows: FlowColumns,
	begin: number,
	end: number,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
): void {
	const { decidedBy } = verdicts;
	const namelessAreOrdinary = memory.cache === undefined && !detector.options.filter;
	for (let i = begin; i < end; i++) {
		if (decidedBy[i] !== REASON.NONE) continue;
		const endpoint = detector.endpoints[i - begin];
		if (namelessAreOrdinary || serverNameColumn(flows, i) !== undefined)
			judgeShape(flows, i, endpoint, detector, memory, verdicts);
		else if (memory.cache !== undefined) decidedBy[i] = REASON.CACHE;
		else judgeNameless(flows, i, endpoint, detector, memory, verdicts);
	}
}

function judgeNameless(
	flows: FlowColumns,
	i: number,
	endpoint: EndpointEvidence | undefined,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
): void {
	if (detector.options.filter && flows.destinationPort[i] === HTTPS) {
		verdicts.skipped[i] = 1;
		memory.counters.filtered++;
	} else judgeShape(flows, i, endpoint, detector, memory, verdicts);
}

function judgeShape(
	flows: FlowColumns,
	i: number,
	endpoint: EndpointEvidence | undefined,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
): void {
	const path = endpoint?.speaksOfMining ? REASON.DST : REASON.ML;
	const obstacle = shapeObstacle(flows, i);
	if (obstacle === SHAPE_OBSTACLE.NONE) {
		const rows = endpoint === undefined ? detector.rows : detector.exactRows;
		computeFeatures(flows, i, detector.plan, rows.features, rows.nextOffset);
		rows.add(i, rowThreshold(endpoint, detector));
		verdicts.decidedBy[i] = path;
		return;
	}
	memory.counters.shapeObstacles[obstacle]!++;
	// The name is too weak to decide without the forest.
	if (path === REASON.DST) settle(verdicts, i, REASON.DST, false);
}

/** The forest's probability above which the flow is a miner, given the other evidence. */
function rowThreshold(endpoint: EndpointEvidence | undefined, detector: Detector): number {
	const { thresholds, reliability, mlScore } = detector;
	if (endpoint === undefined) return thresholds.ml;
	return probabilityThreshold(endpoint.speaksOfMining ? thresholds.dst : mlScore, reliability, endpoint.mass);
}

/**
 * Evaluates the rows in the forest. A finding by shape alone is rejected if the payload is clearly another protocol.
 */
function decideRows(flows: FlowColumns, detector: Detector, verdicts: VerdictColumns): void {
	const { rows, exactRows, predictor, fullPredictor } = detector;
	rows.decide(predictor);
	exactRows.decideExactly(fullPredictor);
	for (let k = 0; k < exactRows.count; k++) verdicts.probabilities[exactRows.flows[k]!] = exactRows.probabilities[k]!;
	for (const decided of [rows, exactRows]) {
		for (let k = 0; k < decided.count; k++) {
			const i = decided.flows[k]!;
			if (decided.decisions[k] === 0) continue;
			if (verdicts.decidedBy[i] === REASON.ML && otherProtocolOf(flows, i) !== undefined) continue;
			verdicts.reasons[i] = verdicts.decidedBy[i]!;
		}
		decided.clear();
	}
}

/** In flow order: stores decisions with a name; flows without one are looked up, or passed to the forest. */
function askCache(
	flows: FlowColumns,
	begin: number,
	end: number,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
): void {
	const cache = memory.cache!;
	for (let i = begin; i < end; i++) {
		const endpoint = detector.endpoints[i - begin];
		if (verdicts.decidedBy[i] === REASON.DST && endpoint?.speaksOfMining) {
			if (Number.isNaN(verdicts.scores[i]!)) {
				verdicts.scores[i] = pignistic(combine(forestMass(verdicts.probabilities[i]!, detector), endpoint.mass));
			}
			cache.remember(flows, i, verdicts.reasons[i] !== REASON.NONE, verdicts.scores[i]!);
		} else if (verdicts.decidedBy[i] === REASON.CACHE) {
			const entry = cache.find(flows, i);
			if (entry < 0) {
				verdicts.decidedBy[i] = REASON.NONE;
				judgeNameless(flows, i, endpoint, detector, memory, verdicts);
				continue;
			}
			verdicts.scores[i] = cache.score(entry);
			verdicts.decidedAt[i] = cache.decidedAt(entry);
			settle(verdicts, i, REASON.CACHE, cache.isMiner(entry));
		}
	}
}

/**
 * In flow order: reports a flow found by shape alone only if its pair of hosts agrees. Flows decided by payload, name,
 * list or cache are always reported and count as agreeing.
 */
function requireAgreement(
	flows: FlowColumns,
	begin: number,
	end: number,
	conversations: Conversations,
	verdicts: VerdictColumns,
): void {
	const { decidedBy, reasons } = verdicts;
	for (let i = begin; i < end; i++) {
		const isMiner = reasons[i] !== REASON.NONE;
		if (!isMiner && decidedBy[i] !== REASON.ML) continue;
		const agrees = conversations.count(flows, i, isMiner, verdicts.agreement!);
		if (decidedBy[i] === REASON.ML && !agrees) reasons[i] = REASON.NONE;
	}
}

function settle(verdicts: VerdictColumns, i: number, path: number, isMiner: boolean): void {
	verdicts.decidedBy[i] = path;
	verdicts.reasons[i] = isMiner ? path : REASON.NONE;
}
