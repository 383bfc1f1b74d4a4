import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { bufferOf } from "../flow/returned-buffers.ts";
import { GLANCE, glance } from "../mining/first-glance.ts";
import { mayBeMining } from "../mining/may-be-mining.ts";
import { isMining } from "../mining/recognise-mining.ts";
import { REASON, type VerdictColumns } from "./verdicts.ts";

/** Decides those of the flows `begin … end` in whose payload `findMiningPayload` finds something, without saying what. */
export function judgePayloads(
	flows: FlowColumns,
	begin: number,
	end: number,
	{ paths, reasons }: VerdictColumns,
): void {
	const { speaksOfMining } = flows.extras;
	if (speaksOfMining === undefined) markMining(flows, begin, end, paths);
	else paths.set(speaksOfMining.subarray(begin, end), begin);
	reasons.set(paths.subarray(begin, end), begin);
}

/**
 * The batch with a column that spares {@link judgePayloads} the reading: for a thread that makes batches, and has their
 * bytes at hand, while another one judges them.
 */
export function withPayloadsRead(flows: FlowColumns): FlowColumns {
	// As long as other columns are, so that memory that comes back will do.
	const speaksOfMining = new Uint8Array(bufferOf(flows.tcpFlags.byteLength)).fill(REASON.NONE);
	markMining(flows, 0, flows.length, speaksOfMining);
	return { ...flows, extras: { ...flows.extras, speaksOfMining } };
}

/** Sets the mark of every flow whose payload speaks of mining. Column by column: the loop over a column's bytes is short, and runs through memory in its order. */
function markMining(flows: FlowColumns, begin: number, end: number, marks: Uint8Array): void {
	const { longPayload, longPayloadReverse } = flows.extras;
	markColumn(flows.payload, begin, end, marks);
	markColumn(flows.payloadReverse, begin, end, marks);
	if (longPayload !== undefined) markColumn(longPayload, begin, end, marks);
	if (longPayloadReverse !== undefined) markColumn(longPayloadReverse, begin, end, marks);
}

function markColumn({ values, offsets }: ListColumn<Uint8Array>, begin: number, end: number, marks: Uint8Array): void {
	for (let i = begin; i < end; i++) {
		const from = offsets[i]!;
		const to = offsets[i + 1]!;
		if (marks[i] === REASON.NONE && mayBeMining(values, from, to) && isMiningMessage(values, from, to))
			marks[i] = REASON.STRATUM;
	}
}

/** Everyday messages are settled by a scan that allocates nothing; only what is unclear is read in full. */
function isMiningMessage(bytes: Uint8Array, begin: number, end: number): boolean {
	const seen = glance(bytes, begin, end);
	return seen === GLANCE.UNCLEAR ? isMining(bytes, begin, end) : seen === GLANCE.MINING;
}
