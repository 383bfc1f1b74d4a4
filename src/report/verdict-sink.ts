import { type Component, HEALTHY, type Health } from "../bytes/component.ts";
import type { Explanation } from "../detect/explanation.ts";
import type { Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { PushRecord } from "../incident/block-times/push-record.ts";
import type { Dissent } from "../incident/sighting.ts";
import type { Totals } from "./totals.ts";

/** A batch that was decided, on its way out. Compact (reported flows only) where it comes from another thread. */
export interface DecidedBatch {
	/** The input's name as the user gave it. */
	readonly input: string;
	readonly flows: FlowColumns;
	readonly verdicts: Verdicts;
	/** Positions in the batch of the flows to report, in order: the miners, or every flow that was judged. */
	readonly reported: Uint32Array;
	/** Position in the input of flow i of the batch, from 0. */
	indexOf(i: number): number;
	/** Why flow i was decided as it was; made on demand, for reported flows only. */
	explain(i: number): Explanation;
	/** Flows that speak against earlier reports; only where a sink wants them and there are any. */
	readonly dissents?: readonly Dissent[];
	/** What servers sent unasked, in any flow; only where a sink wants it and there is any. */
	readonly pushes?: readonly PushRecord[];
}

export interface SinkCounters {
	/** Flows that were written. */
	flows: number;
	/** Writes that failed, each of a whole batch. */
	failures: number;
}

/** Where verdicts go. Batches of one input come in its order and are valid until `write` resolves. */
export interface VerdictSink extends Component {
	readonly counters: SinkCounters;
	/** It tells the totals; others are not counted up for what only they need. */
	readonly tellsTotals?: true;
	/** It wants `DecidedBatch.dissents`. */
	readonly wantsDissents?: true;
	/** It wants `DecidedBatch.pushes`. */
	readonly wantsPushes?: true;
	/** Not called again before it has resolved. */
	write(batch: DecidedBatch): Promise<void>;
	/** Ends the output; the totals are those of the whole run. Again: does nothing. */
	close(totals: Totals): Promise<void>;
	/** Opens its file again after log rotation, if it is a stream output to a file. */
	reopen?(): Promise<void>;
}

/** What a sink does itself; {@link verdictSink} makes a component of it. */
export interface SinkParts {
	readonly tellsTotals?: true;
	readonly wantsDissents?: true;
	readonly wantsPushes?: true;
	/** Writes the batch; the flows written, if not all that are reported. */
	write(batch: DecidedBatch): Promise<number | undefined> | Promise<void>;
	close(totals: Totals): Promise<void>;
	/** Releases what `close` would, without writing more; for a run that failed. */
	abandon?(): Promise<void>;
	reopen?(): Promise<void>;
	/** Waits for nobody from now on. */
	stop?(): void;
}

/** A sink with name, counters and health. */
export function verdictSink(name: string, parts: SinkParts): VerdictSink {
	const counters: SinkCounters = { flows: 0, failures: 0 };
	let health: Health = HEALTHY;
	let isClosed = false;
	return {
		name,
		counters,
		...(parts.tellsTotals && { tellsTotals: true }),
		...(parts.wantsDissents && { wantsDissents: true }),
		...(parts.wantsPushes && { wantsPushes: true }),
		health: () => health,
		stop: () => parts.stop?.(),
		...(parts.reopen && { reopen: parts.reopen }),
		async write(batch) {
			try {
				counters.flows += (await parts.write(batch)) ?? batch.reported.length;
				health = HEALTHY;
			} catch (error) {
				counters.failures++;
				health = { state: "failed", reason: error instanceof Error ? error.message : String(error) };
				throw error;
			}
		},
		async close(totals) {
			if (isClosed) return;
			isClosed = true;
			await parts.close(totals);
		},
		async [Symbol.asyncDispose]() {
			if (isClosed) return;
			isClosed = true;
			await parts.abandon?.();
		},
	};
}
