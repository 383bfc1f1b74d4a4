import type { FlowColumns } from "../flow/flow-columns.ts";
import { judgeBlockAsOriginal, listMinersAsOriginal } from "./compat/judge-block-as-original.ts";
import type { Detector, DetectState } from "./detector.ts";
import { judgeBlock } from "./judge-block.ts";
import { BLOCK_LENGTH } from "./shape-rows.ts";
import type { Verdicts } from "./verdicts.ts";

/**
 * Decides a batch: no I/O and no clock; `state` is all that lives between batches. The verdicts are valid until the
 * state's next batch. docs/detection.md has the rules in words; they are, flow by flow:
 *
 * 1. payload that speaks a mining protocol decides alone;
 * 2. a server name (and a pool list) give a mass function, the forest's probability another; what says nothing, or cannot
 *    judge, is vacuous. Dempster's rule combines them, and the pignistic probability is compared with `-d` where the name
 *    speaks of mining, else with what `-t` means for the forest alone;
 * 3. a flow without a server name takes over what the cache has for its conversation (`-c`), and is left out if it goes
 *    to port 443 (`-f`), before the forest is asked.
 */
export function detect(flows: FlowColumns, detector: Detector, state: DetectState): Verdicts {
	const { verdicts, counters } = state;
	verdicts.reset(flows.length);
	counters.flows += flows.length;
	const { compat } = detector.options;
	for (let begin = 0; begin < flows.length; begin += BLOCK_LENGTH) {
		const end = Math.min(begin + BLOCK_LENGTH, flows.length);
		if (compat === undefined) judgeBlock(flows, begin, end, detector, state);
		else judgeBlockAsOriginal(flows, begin, end, detector, state, compat);
	}
	if (compat === undefined) verdicts.listMiners();
	else listMinersAsOriginal(verdicts);
	for (let k = 0; k < verdicts.minerCount; k++) counters.reported[verdicts.reasons[verdicts.miners[k]!]!]!++;
	return verdicts;
}
