import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { mayBeMining, type Recognition, recogniseMining } from "../mining/index.ts";
import type { PayloadEvidence } from "./evidence.ts";

/** A mining message in a flow's first payload bytes. */
export interface PayloadJudgement {
	readonly recognition: Recognition;
	/** `forward`: sent by the flow's source; `reverse`: by its destination. */
	readonly direction: "forward" | "reverse";
}

/** Whether flow i's payload speaks a mining protocol, in either direction. Hot path: ordinary payload costs a glance. */
export function payloadSpeaksMining(flows: FlowColumns, i: number): boolean {
	return columnSpeaks(forwardColumn(flows, i), i) || columnSpeaks(reverseColumn(flows, i), i);
}

/**
 * The mining message in flow i's payload, the source's first. Where both directions have one, what only the other knows
 * (coin, software) is added: miners name their program, pools the coin.
 */
export function judgePayload(flows: FlowColumns, i: number): PayloadJudgement | undefined {
	const forward = recognitionIn(forwardColumn(flows, i), i);
	const reverse = recognitionIn(reverseColumn(flows, i), i);
	if (forward === undefined) return reverse && { recognition: reverse, direction: "reverse" };
	const coin = forward.coin ?? reverse?.coin;
	const software = forward.software ?? reverse?.software;
	return { recognition: { ...forward, coin, software }, direction: "forward" };
}

export function payloadEvidence({ recognition, direction }: PayloadJudgement): PayloadEvidence {
	const { protocol, message, excerpt } = recognition;
	return { signal: "payload", direction, protocol, message, excerpt };
}

/** Whether the flow's source is the miner, by the role of whoever sent the message. */
export function minerSpokeForward({ recognition, direction }: PayloadJudgement): boolean {
	return (recognition.sender === "miner") === (direction === "forward");
}

/** The longer payload where a source has it (`--payload-bytes`), else what every exporter sends. */
function forwardColumn({ payload, extras }: FlowColumns, i: number): ListColumn<Uint8Array> {
	return hasAny(extras.longPayload, i) ? extras.longPayload : payload;
}

function reverseColumn({ payloadReverse, extras }: FlowColumns, i: number): ListColumn<Uint8Array> {
	return hasAny(extras.longPayloadReverse, i) ? extras.longPayloadReverse : payloadReverse;
}

function hasAny(column: ListColumn<Uint8Array> | undefined, i: number): column is ListColumn<Uint8Array> {
	return column !== undefined && column.offsets[i] !== column.offsets[i + 1];
}

function columnSpeaks({ values, offsets }: ListColumn<Uint8Array>, i: number): boolean {
	const begin = offsets[i]!;
	const end = offsets[i + 1]!;
	return begin < end && mayBeMining(values, begin, end) && recogniseMining(values, begin, end) !== undefined;
}

function recognitionIn({ values, offsets }: ListColumn<Uint8Array>, i: number): Recognition | undefined {
	return recogniseMining(values, offsets[i]!, offsets[i + 1]!);
}
