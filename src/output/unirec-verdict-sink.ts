import { createTrapSink, type TrapSink } from "../nemea/index.ts";
import { type FlowVerdictSinkOptions, withoutEarly } from "../report/flow-verdict-sink.ts";
import { type VerdictSink, verdictSink } from "../report/verdict-sink.ts";
import { type DecidedFlows, type MinerRecordOptions, minerRecords } from "./miner-records.ts";
import { type OutputOptions, trapOptions } from "./open-flow-sink.ts";

/** A receiver that is not there is waited for so long after the sink was told to stop. */
const PATIENCE_MS = 5000;

export interface UnirecVerdictOptions extends OutputOptions, FlowVerdictSinkOptions, MinerRecordOptions {}

/** Reported flows as the original's UniRec records, to a NEMEA interface or a `.trapcap` file. Resolves when it is open. */
export async function openUnirecVerdictSink(output: string, options: UnirecVerdictOptions): Promise<VerdictSink> {
	const sink = await createTrapSink(output, { ...trapOptions(options), ...minerRecords(options) });
	await sink.begin();
	return unirecVerdictSink(output, sink, options);
}

/** The same to a sink that was opened with {@link minerRecords}. */
export function unirecVerdictSink(name: string, sink: TrapSink, options: FlowVerdictSinkOptions = {}): VerdictSink {
	return verdictSink(name, {
		async write({ flows, verdicts, reported }) {
			const positions = options.earlyRecords ? reported : withoutEarly(flows, reported);
			const decided: DecidedFlows = { ...flows, verdicts };
			if (positions.length > 0) await sink.write(decided, positions);
			return positions.length;
		},
		close: () => sink.close(),
		stop: () => sink.output.hurry(PATIENCE_MS),
	});
}
