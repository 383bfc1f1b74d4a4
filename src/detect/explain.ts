import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Explanation } from "./explanation.ts";
import type { Detector } from "./judge.ts";
import type { Verdicts } from "./verdicts.ts";

/**
 * The complete explanation of flow i of a decided batch. It evaluates every tree of the forest, so call it only for
 * reported flows. `verdicts` are those of the batch, before the next one is decided.
 */
export function explain(flows: FlowColumns, i: number, verdicts: Verdicts, detector: Detector): Explanation {
	return detector.judge.explain(flows, i, verdicts, detector);
}
