import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { asksOtherwise } from "../mining/asks-otherwise.ts";
import { joinFindings } from "../mining/join-findings.ts";
import { mayBeMining } from "../mining/may-be-mining.ts";
import { poolOutcome } from "../mining/pool-outcome.ts";
import { recogniseMining } from "../mining/recognise-mining.ts";
import type { PoolOutcome, Recognition } from "../mining/recognition.ts";

/** The mining message seen in one flow's payload. */
export interface PayloadFinding extends Recognition {
	/** `forward`: sent by the flow's source. */
	readonly direction: "forward" | "reverse";
	/** The end that mines: the sender of a miner's message, the receiver of a pool's. */
	readonly miner: "source" | "destination";
}

/**
 * The mining message in the first payload of either direction of flow i, or undefined. A request is preferred to a
 * reply (it names the program and the wallet's coin) and more bytes to fewer; the other direction adds details.
 * `mayBeMining` decides most flows without allocation.
 */
export function findMiningPayload(flows: FlowColumns, i: number): PayloadFinding | undefined {
	const { extras } = flows;
	const forward = recogniseColumn(extras.longPayload, i) ?? recogniseColumn(flows.payload, i);
	const reverse = recogniseColumn(extras.longPayloadReverse, i) ?? recogniseColumn(flows.payloadReverse, i);
	if (forward === undefined && reverse === undefined) return undefined;
	if (isContradicted(flows, i)) return undefined;
	const reverseTells = forward === undefined || (forward.sender === "pool" && reverse?.sender === "miner");
	const first = reverseTells ? reverse! : forward;
	const second = reverseTells ? forward : reverse;
	const direction = reverseTells ? "reverse" : "forward";
	const joined = second === undefined ? first : joinFindings(first, second);
	return {
		...joined,
		outcome: first.sender === "miner" ? outcomeIn(flows, i, !reverseTells) : (joined.outcome ?? "unknown"),
		direction,
		miner: (first.sender === "miner") === (direction === "forward") ? "source" : "destination",
	};
}

/** The outcome that the pool's direction shows. */
function outcomeIn(flows: FlowColumns, i: number, isReverse: boolean): PoolOutcome {
	const { payload, payloadReverse, extras } = flows;
	const long = isReverse ? extras.longPayloadReverse : extras.longPayload;
	const hasLong = long !== undefined && long.offsets[i] !== long.offsets[i + 1];
	const { values, offsets } = hasLong ? long : isReverse ? payloadReverse : payload;
	return poolOutcome(values, offsets[i]!, offsets[i + 1]!);
}

/**
 * Whether one direction requests something other than work: then a message that resembles a pool's reply is not one.
 */
export function isContradicted(flows: FlowColumns, i: number): boolean {
	const { payload, payloadReverse, extras } = flows;
	return (
		asksIn(payload, i) ||
		asksIn(payloadReverse, i) ||
		asksIn(extras.longPayload, i) ||
		asksIn(extras.longPayloadReverse, i)
	);
}

function asksIn(column: ListColumn<Uint8Array> | undefined, i: number): boolean {
	return column !== undefined && asksOtherwise(column.values, column.offsets[i]!, column.offsets[i + 1]!);
}

/** Whether {@link findMiningPayload} may find a message: allocation-free and without false negatives. */
export function mayHaveMiningPayload(flows: FlowColumns, i: number): boolean {
	return (
		mayBeIn(flows.payload, i) ||
		mayBeIn(flows.payloadReverse, i) ||
		mayBeIn(flows.extras.longPayload, i) ||
		mayBeIn(flows.extras.longPayloadReverse, i)
	);
}

function mayBeIn(column: ListColumn<Uint8Array> | undefined, i: number): boolean {
	return column !== undefined && mayBeMining(column.values, column.offsets[i]!, column.offsets[i + 1]!);
}

function recogniseColumn(column: ListColumn<Uint8Array> | undefined, i: number): Recognition | undefined {
	if (column === undefined || !mayBeIn(column, i)) return undefined;
	return recogniseMining(column.values, column.offsets[i]!, column.offsets[i + 1]!);
}
