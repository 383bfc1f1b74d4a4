import type { Component } from "../bytes/component.ts";
import type { SourceCounters } from "../bytes/counters.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";

/** What a pipeline has done so far. */
export interface PipelineCounters {
	readonly source: SourceCounters;
	readonly decided: DecisionCounters;
}

export interface DecisionCounters {
	/** Flows that were decided. */
	flows: number;
	minerFlows: number;
	/** Miner flows by `REASON`. */
	readonly byReason: number[];
	/** Flows judged by payload and server name only, since shape could not judge them. */
	notJudgedByShape: number;
}

/**
 * One input on its way through one detector. Iterating pulls, as with a `FlowSource`; a batch is valid until the next pull.
 * Batches without reported flows and dissents are not given. Throws a `SourceFailure` or a `DetectorFailure`.
 */
export interface Pipeline extends Component, AsyncIterable<DecidedBatch> {
	readonly counters: PipelineCounters;
	/** Packets are metered: there are no labels. */
	readonly isCapture: boolean;
	readonly isLive: boolean;
	/** The place of the thread that runs it, from 0; absent where it is this one, or several. */
	readonly thread?: number;
}

/** A stage between source and detector, the original's buffer for example. */
export type Stage = (flows: AsyncIterable<FlowColumns>) => AsyncIterable<FlowColumns>;

export function createDecisionCounters(): DecisionCounters {
	return { flows: 0, minerFlows: 0, byReason: [0, 0, 0, 0, 0], notJudgedByShape: 0 };
}
