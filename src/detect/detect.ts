import type { FlowColumns } from "../flow/flow-columns.ts";
import type { DetectMemory, Detector } from "./judge.ts";
import { BLOCK_LENGTH } from "./shape-rows.ts";
import type { VerdictColumns, Verdicts } from "./verdicts.ts";

/**
 * Decides a batch without I/O or a clock. `memory` is the only state between batches; `verdicts` is overwritten and
 * returned. docs/detection.md explains the rules; for each flow they are:
 *
 * 1. payload that speaks a mining protocol decides alone;
 * 2. a server name (with a pool list) decides alone if its m(miner) is above `nameThreshold`;
 * 3. else Dempster's rule combines names, lists and the forest's probability, and the pignistic probability is compared
 *    with `-d` if the name speaks of mining, else with what `-t` means for the forest alone;
 * 4. a flow without a server name takes over what the cache has for its conversation (`-c`), and is left out if it goes
 *    to port 443 (`-f`), before the forest is asked.
 */
export function detect(
	flows: FlowColumns,
	detector: Detector,
	memory: DetectMemory,
	verdicts: VerdictColumns,
): Verdicts {
	const { counters } = memory;
	const { judge } = detector;
	verdicts.reset(flows.length);
	counters.flows += flows.length;
	for (let begin = 0; begin < flows.length; begin += BLOCK_LENGTH) {
		const end = Math.min(begin + BLOCK_LENGTH, flows.length);
		judge.judgeBlock(flows, begin, end, detector, memory, verdicts);
	}
	judge.listMiners(verdicts);
	for (let k = 0; k < verdicts.minerCount; k++) counters.reported[verdicts.reasons[verdicts.miners[k]!]!]!++;
	return verdicts;
}
