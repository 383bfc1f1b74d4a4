import type { FlowColumns } from "../flow/flow-columns.ts";
import { combine, type Mass, supportMass, VACUOUS } from "./dempster-shafer.ts";
import type { PoolHit, PoolLookup } from "./pool-lookup.ts";
import { type JudgedName, judgeServerName } from "./server-names.ts";

/** What the names and addresses of a flow's ends say. */
export interface EndpointEvidence {
	readonly name?: JudgedName;
	readonly listed?: PoolHit;
	/** Which end is on the pool list. */
	readonly listedIsSource?: boolean;
	/** Name and list together, over {miner, other, Θ}. */
	readonly mass: Mass;
	/** Whether the server name supports mining: then `-d` is the threshold, else `-t`. */
	readonly speaksOfMining: boolean;
}

/**
 * m(miner) of an address on a pool list. Weak on purpose: lists age, and an address of a hosting company or a
 * content-delivery network is shared with ordinary servers. With it a forest that is at 0.96 is as sure as at 0.97 alone.
 */
export const POOL_LIST_MASS = 0.3;

/**
 * m(miner) above which a server name, with a pool list or without, decides alone. It lies above what a pool's bare domain
 * shows (0.6: often its web site) and below two words for mining (0.7).
 */
export const NAME_THRESHOLD = 0.65;

/**
 * Whether name and list need no other evidence: m(miner) > {@link NAME_THRESHOLD}. m(Θ) is not counted, so that a weak name
 * does not decide because nothing else is known; shape is not asked, so that more packets never lower the verdict.
 */
export function decidesAlone({ mass, speaksOfMining }: EndpointEvidence): boolean {
	return speaksOfMining && mass.miner > NAME_THRESHOLD;
}

/** What the name of flow i's server and the pool list say; undefined where they say nothing. */
export function judgeEndpoint(
	flows: FlowColumns,
	i: number,
	pools: PoolLookup | undefined,
): EndpointEvidence | undefined {
	const name = judgeServerName(flows, i);
	const destination = pools?.find(flows.addresses, i * 32 + 16, flows.destinationPort[i]!);
	const listed = destination ?? pools?.find(flows.addresses, i * 32, flows.sourcePort[i]!);
	if (name === undefined && listed === undefined) return undefined;
	const nameMass = name ? supportMass(name.mass) : VACUOUS;
	return {
		...(name && { name }),
		...(listed && { listed, listedIsSource: destination === undefined }),
		mass: listed ? combine(nameMass, supportMass(POOL_LIST_MASS)) : nameMass,
		speaksOfMining: name !== undefined,
	};
}
