import { type FlowColumns, isEarly } from "../flow/flow-columns.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { type VerdictSink, verdictSink } from "./verdict-sink.ts";

export interface FlowVerdictSinkOptions {
	/** Also write early reports of flows that continue; otherwise each flow is written once, at its end. */
	readonly earlyRecords?: boolean;
}

/** Writes reported flows as flow records to any flow sink. */
export function flowVerdictSink(name: string, sink: FlowSink, options: FlowVerdictSinkOptions = {}): VerdictSink {
	return verdictSink(name, {
		async write({ flows, reported }) {
			const positions = options.earlyRecords ? reported : withoutEarly(flows, reported);
			if (positions.length > 0) await sink.write(flows, positions);
			return positions.length;
		},
		close: () => sink.close(),
	});
}

/** The positions of records that contain complete flows. */
export function withoutEarly(flows: FlowColumns, reported: Uint32Array): Uint32Array {
	return flows.extras.part === undefined ? reported : reported.filter((i) => !isEarly(flows, i));
}
