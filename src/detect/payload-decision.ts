import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { mayBeMining } from "../mining/may-be-mining.ts";
import { QUICK_DECISION, quickDecision } from "../mining/quick-decision.ts";
import { isMining } from "../mining/recognise-mining.ts";
import { isContradicted } from "./payload.ts";
import { REASON, type VerdictColumns } from "./verdicts.ts";

/**
 * Decides those of the flows `begin … end` in whose payload `findMiningPayload` finds a message, without an
 * explanation.
 */
export function judgePayloads(
	flows: FlowColumns,
	begin: number,
	end: number,
	{ decidedBy, reasons }: VerdictColumns,
): void {
	markMining(flows, begin, end, decidedBy);
	reasons.set(decidedBy.subarray(begin, end), begin);
}

/** Marks every flow whose payload contains mining. One column at a time: the loop reads memory in order. */
function markMining(flows: FlowColumns, begin: number, end: number, marks: Uint8Array): void {
	const { longPayload, longPayloadReverse } = flows.extras;
	markColumn(flows.payload, begin, end, marks);
	markColumn(flows.payloadReverse, begin, end, marks);
	if (longPayload !== undefined) markColumn(longPayload, begin, end, marks);
	if (longPayloadReverse !== undefined) markColumn(longPayloadReverse, begin, end, marks);
	for (let i = begin; i < end; i++) if (marks[i] === REASON.STRATUM && isContradicted(flows, i)) marks[i] = REASON.NONE;
}

function markColumn({ values, offsets }: ListColumn<Uint8Array>, begin: number, end: number, marks: Uint8Array): void {
	for (let i = begin; i < end; i++) {
		const from = offsets[i]!;
		const to = offsets[i + 1]!;
		if (marks[i] === REASON.NONE && mayBeMining(values, from, to) && isMiningMessage(values, from, to))
			marks[i] = REASON.STRATUM;
	}
}

/** A scan without allocation decides frequent messages; only unclear ones are read in full. */
function isMiningMessage(bytes: Uint8Array, begin: number, end: number): boolean {
	const seen = quickDecision(bytes, begin, end);
	return seen === QUICK_DECISION.UNCLEAR ? isMining(bytes, begin, end) : seen === QUICK_DECISION.MINING;
}
