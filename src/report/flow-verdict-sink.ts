import type { Verdicts } from "../detect/verdicts.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import type { VerdictSink } from "./verdict-sink.ts";

/**
 * Reported flows as flow records, to whatever takes those. `onVerdicts` is told of each batch's verdicts before it is
 * written: fields that are computed from them (`IS_MINER`, `REASON`) look there.
 */
export function flowVerdictSink(sink: FlowSink, onVerdicts: (verdicts: Verdicts) => void = () => {}): VerdictSink {
	return {
		async write({ flows, verdicts, reported }) {
			onVerdicts(verdicts);
			await sink.write(flows, reported);
		},
		close: () => sink.close(),
	};
}
