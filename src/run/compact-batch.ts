import type { Explanation } from "../detect/explanation.ts";
import { REASON, type Verdicts } from "../detect/verdicts.ts";
import { type FlowColumns, transferablesOf } from "../flow/flow-columns.ts";
import type { PushRecord } from "../incident/block-times/push-record.ts";
import type { Dissent } from "../incident/sighting.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";
import { pick, selectFlows } from "./select-flows.ts";

/** A decided batch as it crosses threads: reported flows only, each explained. Plain data. */
export interface CompactBatch {
	/** Position in the pipeline's own count of the batch's first flow, and the flows that were decided in it. */
	readonly firstIndex: number;
	readonly decided: number;
	/** Absent where there is nothing to report; without flows where there are dissents or pushes only. */
	readonly reported?: CompactFlows;
	readonly dissents?: readonly Dissent[];
	readonly pushes?: readonly PushRecord[];
}

export interface CompactFlows {
	readonly flows: FlowColumns;
	/** Positions in the pipeline's own count. */
	readonly indices: Float64Array;
	readonly verdicts: Verdicts;
	readonly explanations: readonly Explanation[];
}

/** Copies what is reported out of a batch. */
export function compacted(batch: DecidedBatch): CompactBatch {
	const { flows, reported, verdicts, dissents, pushes } = batch;
	const crossing = {
		firstIndex: flows.firstIndex,
		decided: flows.length,
		...(dissents && { dissents }),
		...(pushes && { pushes }),
	};
	if (reported.length === 0 && dissents === undefined && pushes === undefined) return crossing;
	return {
		...crossing,
		reported: {
			flows: selectFlows(flows, reported),
			indices: Float64Array.from(reported, (i) => batch.indexOf(i)),
			verdicts: selectVerdicts(verdicts, reported),
			explanations: Array.from(reported, (i) => batch.explain(i)),
		},
	};
}

/** The buffers that go to the other thread without being copied. */
export function transferablesOfBatch({ reported }: CompactBatch): ArrayBuffer[] {
	return reported === undefined ? [] : transferablesOf(reported.flows);
}

/** The batch on this side; `shift` is added to its positions in the input. Undefined if there is nothing to report in it. */
export function decidedBatchOf(input: string, crossed: CompactBatch, shift = 0): DecidedBatch | undefined {
	const { dissents, pushes, reported } = crossed;
	if (reported === undefined) return undefined;
	const { flows, indices, verdicts, explanations } = reported;
	return {
		input,
		flows,
		verdicts,
		reported: Uint32Array.from(indices, (_, k) => k),
		indexOf: (i) => indices[i]! + shift,
		explain: (i) => explanations[i]!,
		...(dissents && { dissents }),
		...(pushes && { pushes }),
	};
}

function selectVerdicts(verdicts: Verdicts, positions: Uint32Array): Verdicts {
	const { reasons, decidedBy, probabilities, scores, decidedAt, skipped, agreement } = verdicts;
	const picked = pick(reasons, positions);
	const miners = Uint32Array.from(picked.keys()).filter((k) => picked[k] !== REASON.NONE);
	return {
		length: positions.length,
		reasons: picked,
		decidedBy: pick(decidedBy, positions),
		probabilities: pick(probabilities, positions),
		scores: pick(scores, positions),
		decidedAt: pick(decidedAt, positions),
		skipped: pick(skipped, positions),
		miners,
		minerCount: miners.length,
		...(agreement && {
			agreement: { judged: pick(agreement.judged, positions), agreeing: pick(agreement.agreeing, positions) },
		}),
	};
}
