import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Explanation } from "./explanation.ts";
import type { Detector } from "./judge.ts";
import type { Verdicts } from "./verdicts.ts";

/**
 * All that can be said of flow i of a decided batch. It asks every tree of the forest: call it for flows that are
 * reported. `verdicts` are those of the batch, before the next one is decided.
 */
export function explain(flows: FlowColumns, i: number, verdicts: Verdicts, detector: Detector): Explanation {
	return detector.judge.explain(flows, i, verdicts, detector);
}
