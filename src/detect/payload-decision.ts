import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { GLANCE, glance } from "../mining/first-glance.ts";
import { mayBeMining } from "../mining/may-be-mining.ts";
import { isMining } from "../mining/recognise-mining.ts";
import { REASON, type VerdictColumns } from "./verdicts.ts";

/**
 * Decides those of the flows `begin … end` in whose payload `findMiningPayload` finds something, without saying what.
 * Column by column: the loop over a column's bytes is short, and runs through memory in its order.
 */
export function judgePayloads(flows: FlowColumns, begin: number, end: number, verdicts: VerdictColumns): void {
	const { longPayload, longPayloadReverse } = flows.extras;
	judgeColumn(flows.payload, begin, end, verdicts);
	judgeColumn(flows.payloadReverse, begin, end, verdicts);
	if (longPayload !== undefined) judgeColumn(longPayload, begin, end, verdicts);
	if (longPayloadReverse !== undefined) judgeColumn(longPayloadReverse, begin, end, verdicts);
}

function judgeColumn(
	{ values, offsets }: ListColumn<Uint8Array>,
	begin: number,
	end: number,
	{ paths, reasons }: VerdictColumns,
): void {
	for (let i = begin; i < end; i++) {
		const from = offsets[i]!;
		const to = offsets[i + 1]!;
		if (paths[i] === REASON.STRATUM || !mayBeMining(values, from, to) || !isMiningMessage(values, from, to)) continue;
		paths[i] = REASON.STRATUM;
		reasons[i] = REASON.STRATUM;
	}
}

/** Everyday messages are settled by a scan that allocates nothing; only what is unclear is read in full. */
function isMiningMessage(bytes: Uint8Array, begin: number, end: number): boolean {
	const seen = glance(bytes, begin, end);
	return seen === GLANCE.UNCLEAR ? isMining(bytes, begin, end) : seen === GLANCE.MINING;
}
