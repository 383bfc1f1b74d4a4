import type { BlockTimesEvidence, Evidence } from "../../detect/evidence.ts";
import type { Sighting } from "../sighting.ts";
import type { WatchedPair } from "./watched-pair.ts";

/** The signal that decides a sighting of a pair. */
export const DECIDED_BY_BLOCK_TIMES = "block-times";
/** The forest's mean probability from which shape leans to mining: what follows the blocks needs no more than that. */
const LEANING = 0.5;

/**
 * What was found about a pair of host and server, as a sighting of all their records at once. Its amounts are those of the
 * records that were not reported themselves.
 */
export function pairSighting(pair: WatchedPair, blockTimes: BlockTimesEvidence): Sighting {
	const { last, serverName, meanProbability } = pair;
	const evidence: Evidence[] = [blockTimes];
	if (meanProbability !== undefined && meanProbability > LEANING)
		evidence.push({ signal: "shape", probability: meanProbability, threshold: LEANING, features: [] });
	return {
		at: last.end,
		begin: pair.begin,
		input: last.input,
		...(last.domain !== undefined && { domain: last.domain }),
		miner: last.client,
		pool: last.server,
		protocol: last.protocol,
		bytesToPool: pair.bytesToServer,
		bytesToMiner: pair.bytesToClient,
		packetsToPool: pair.packetsToServer,
		packetsToMiner: pair.packetsToClient,
		...(serverName !== undefined && { serverName }),
		decidedBy: DECIDED_BY_BLOCK_TIMES,
		explanation: {
			evidence,
			...(blockTimes.coin !== undefined && { coin: blockTimes.coin }),
			...(meanProbability !== undefined && { probability: meanProbability }),
			minerIsSource: true,
		},
	};
}
