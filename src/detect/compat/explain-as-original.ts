import { textAt } from "../../flow/flow.ts";
import type { FlowColumns } from "../../flow/flow-columns.ts";
import type { Evidence } from "../evidence.ts";
import { explainPayload } from "../explain-payload.ts";
import { explainRow } from "../explain-shape.ts";
import type { Explanation } from "../explanation.ts";
import type { Detector } from "../judge.ts";
import { minerSideBy } from "../miner-side.ts";
import { findMiningPayload } from "../payload.ts";
import { REASON, type Verdicts } from "../verdicts.ts";
import { type CompatArithmetic, computeOriginalFeatures, ORIGINAL_OBSTACLE } from "./original-arithmetic.ts";
import { originalScore } from "./original-dst.ts";
import { scoreServerName } from "./server-name-score.ts";

/**
 * The reasons for the original's decision about flow i. Payload that its expressions match is shown as our recogniser
 * reads it. Payload that the recogniser does not know is shown without an excerpt, because we do not know its sensitive
 * parts.
 */
export function explainAsOriginal(
	flows: FlowColumns,
	i: number,
	verdicts: Verdicts,
	detector: Detector,
	arithmetic: CompatArithmetic,
): Explanation {
	const path = verdicts.decidedBy[i];
	const evidence: Evidence[] = [];
	const payload = path === REASON.STRATUM ? findMiningPayload(flows, i) : undefined;
	if (payload) evidence.push(explainPayload(payload));
	else if (path === REASON.STRATUM) {
		const message = "expression of the original";
		evidence.push({ signal: "payload", direction: "forward", protocol: "stratum", message, excerpt: "" });
	}
	const shape = path === REASON.DST || path === REASON.ML ? explainShape(flows, i, detector, arithmetic) : undefined;
	const { values, offsets } = flows.serverName;
	const nameScore = path === REASON.DST ? scoreServerName(values, offsets[i]!, offsets[i + 1]!) : undefined;
	const score = shape && nameScore !== undefined ? originalScore(shape.probability, nameScore) : undefined;
	if (nameScore !== undefined) {
		const name = textAt(flows.serverName, i);
		evidence.push({ signal: "server-name", name, words: [], mass: nameScore, other: 1 - nameScore });
	}
	if (shape) evidence.push(shape);
	if (shape && nameScore !== undefined) {
		evidence.push({
			signal: "combination",
			masses: [
				{ of: "shape", miner: shape.probability, other: 1 - shape.probability, uncertain: 0 },
				{ of: "server-name", miner: nameScore, other: 1 - nameScore, uncertain: 0 },
			],
			pignistic: score!,
			threshold: detector.thresholds.dst,
		});
	}
	if (path === REASON.CACHE) evidence.push({ signal: "cache" });
	return {
		evidence,
		...(payload && { miningProtocol: payload.protocol }),
		...(payload?.coin !== undefined && { coin: payload.coin }),
		...(payload?.software !== undefined && { software: payload.software }),
		...(shape && { probability: shape.probability }),
		...(score !== undefined && { score }),
		minerIsSource:
			minerSideBy(flows, i, {
				...(payload && { protocolMinerIsSource: payload.miner === "source" }),
				poolIsNamed: nameScore !== undefined && nameScore > 0,
				internal: detector.options.internal,
			}) === "source",
	};
}

function explainShape(flows: FlowColumns, i: number, detector: Detector, arithmetic: CompatArithmetic) {
	const row = new Float64Array(detector.plan.names.length);
	const obstacle = computeOriginalFeatures(flows, i, arithmetic, row, 0);
	return obstacle === ORIGINAL_OBSTACLE.NONE ? explainRow(row, detector, detector.predictor) : undefined;
}
