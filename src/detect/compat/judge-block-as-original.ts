import type { FlowColumns } from "../../flow/flow-columns.ts";
import type { DetectMemory, Detector } from "../judge.ts";
import { MINIMUM_PACKETS } from "../shape-obstacle.ts";
import { REASON, type VerdictColumns } from "../verdicts.ts";
import { type CompatArithmetic, computeOriginalFeatures, ORIGINAL_OBSTACLE } from "./original-arithmetic.ts";
import { probabilityThreshold } from "./original-dst.ts";
import { scoreServerName } from "./server-name-score.ts";
import { containsStratum } from "./stratum-expressions.ts";

const HTTPS = 443;
const LEAST_PACKET_FLAGS = 2;

/**
 * The original's decision for flows `begin … end` of the batch, at most `BLOCK_LENGTH`: prefilter, Stratum expressions,
 * then server name with forest, or without a name cache, filter and forest, in this order. A flow that would stop the
 * original with an exception is skipped and counted.
 */
export function judgeBlockAsOriginal(
	flows: FlowColumns,
	begin: number,
	end: number,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
	arithmetic: CompatArithmetic,
): void {
	const cache = memory.originalCache;
	for (let i = begin; i < end; i++) {
		if (!passesPrefilter(flows, i)) {
			verdicts.skipped[i] = 1;
			memory.counters.prefiltered++;
		} else if (speaksStratum(flows, i)) {
			verdicts.decidedBy[i] = REASON.STRATUM;
			verdicts.reasons[i] = REASON.STRATUM;
		} else if (flows.serverName.offsets[i] !== flows.serverName.offsets[i + 1]) {
			const { values, offsets } = flows.serverName;
			const score = scoreServerName(values, offsets[i]!, offsets[i + 1]!);
			addRow(
				flows,
				i,
				REASON.DST,
				probabilityThreshold(score, detector.thresholds.dst),
				detector,
				memory,
				verdicts,
				arithmetic,
			);
		} else if (cache !== undefined) verdicts.decidedBy[i] = REASON.CACHE;
		else judgeNameless(flows, i, detector, memory, verdicts, arithmetic);
	}
	decideRows(detector, verdicts);
	if (cache === undefined) return;
	for (let i = begin; i < end; i++) {
		if (verdicts.decidedBy[i] === REASON.DST) {
			cache.remember(flows, i, verdicts.reasons[i] !== REASON.NONE);
		} else if (verdicts.decidedBy[i] === REASON.CACHE) {
			const known = cache.find(flows, i);
			if (known === undefined) judgeNameless(flows, i, detector, memory, verdicts, arithmetic);
			else if (known) verdicts.reasons[i] = REASON.CACHE;
		}
	}
	decideRows(detector, verdicts);
}

/** The original reports a buffer's Stratum flows first, then all others. */
export function listMinersAsOriginal(verdicts: VerdictColumns): void {
	const { length, reasons, miners } = verdicts;
	let count = 0;
	for (let i = 0; i < length; i++) if (reasons[i] === REASON.STRATUM) miners[count++] = i;
	for (let i = 0; i < length; i++) if (reasons[i]! > REASON.STRATUM) miners[count++] = i;
	verdicts.minerCount = count;
}

/** The original's first check; flows that fail do not count towards its buffer either (`-b`). */
export function passesPrefilter(flows: FlowColumns, i: number): boolean {
	const { offsets } = flows.packetFlags;
	return (
		flows.packets[i]! >= MINIMUM_PACKETS &&
		flows.packetsReverse[i]! >= MINIMUM_PACKETS &&
		offsets[i + 1]! - offsets[i]! >= LEAST_PACKET_FLAGS
	);
}

function speaksStratum(flows: FlowColumns, i: number): boolean {
	const { payload, payloadReverse } = flows;
	return (
		containsStratum(payload.values, payload.offsets[i]!, payload.offsets[i + 1]!) ||
		containsStratum(payloadReverse.values, payloadReverse.offsets[i]!, payloadReverse.offsets[i + 1]!)
	);
}

function judgeNameless(
	flows: FlowColumns,
	i: number,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
	arithmetic: CompatArithmetic,
): void {
	const { counters } = memory;
	if (detector.options.filter && flows.destinationPort[i] === HTTPS) {
		verdicts.decidedBy[i] = REASON.NONE;
		verdicts.skipped[i] = 1;
		counters.filtered++;
	} else addRow(flows, i, REASON.ML, detector.thresholds.ml, detector, memory, verdicts, arithmetic);
}

function addRow(
	flows: FlowColumns,
	i: number,
	path: number,
	threshold: number,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
	arithmetic: CompatArithmetic,
): void {
	const { rows } = detector;
	const obstacle = computeOriginalFeatures(flows, i, arithmetic, rows.features, rows.nextOffset);
	if (obstacle === ORIGINAL_OBSTACLE.NONE) {
		verdicts.decidedBy[i] = path;
		rows.add(i, threshold);
	} else {
		verdicts.decidedBy[i] = REASON.NONE;
		verdicts.skipped[i] = 1;
		memory.counters.originalObstacles[obstacle]!++;
	}
}

function decideRows(detector: Detector, verdicts: VerdictColumns): void {
	const { rows, predictor } = detector;
	rows.decide(predictor);
	for (let k = 0; k < rows.count; k++) {
		if (rows.decisions[k] === 1) verdicts.reasons[rows.flows[k]!] = verdicts.decidedBy[rows.flows[k]!]!;
	}
	rows.clear();
}
