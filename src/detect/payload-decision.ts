import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { mayBeMining } from "../mining/may-be-mining.ts";
import { isMining } from "../mining/recognise-mining.ts";
import { surelyMining, surelyNotMining } from "../mining/surely-mining.ts";

/**
 * Whether `findMiningPayload` finds something in flow i, without saying what. Ordinary payload is settled by a glance,
 * everyday mining by a scan that allocates nothing; only what is neither is read in full.
 */
export function payloadSpeaksMining(flows: FlowColumns, i: number): boolean {
	const { longPayload, longPayloadReverse } = flows.extras;
	return (
		columnSpeaks(flows.payload, i) ||
		columnSpeaks(flows.payloadReverse, i) ||
		(longPayload !== undefined && columnSpeaks(longPayload, i)) ||
		(longPayloadReverse !== undefined && columnSpeaks(longPayloadReverse, i))
	);
}

function columnSpeaks({ values, offsets }: ListColumn<Uint8Array>, i: number): boolean {
	const begin = offsets[i]!;
	const end = offsets[i + 1]!;
	if (begin === end || !mayBeMining(values, begin, end)) return false;
	if (surelyMining(values, begin, end)) return true;
	return !surelyNotMining(values, begin, end) && isMining(values, begin, end);
}
