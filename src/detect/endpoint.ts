import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { TextMemory } from "../mining/text-memory.ts";
import { combine, type Mass, supportMass } from "./dempster-shafer.ts";
import type { PoolHit, PoolLookup } from "./pool-lookup.ts";
import { judgeName, mayTell, type NameJudgement } from "./server-name.ts";

/** What the names and addresses of a flow's ends say. */
export interface EndpointEvidence {
	readonly name?: NameJudgement;
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

/** The column that has flow i's server name: TLS's, or QUIC's where TLS has none; undefined where neither was seen. */
export function serverNameColumn(flows: FlowColumns, i: number): ListColumn<Uint8Array> | undefined {
	const { serverName, extras } = flows;
	if (serverName.offsets[i] !== serverName.offsets[i + 1]) return serverName;
	const quic = extras.quicServerName;
	return quic !== undefined && quic.offsets[i] !== quic.offsets[i + 1] ? quic : undefined;
}

/** What flow i's server name (in `name`, where it has one) and the pool list say; undefined where they say nothing. */
export function judgeEndpoint(
	flows: FlowColumns,
	i: number,
	name: ListColumn<Uint8Array> | undefined,
	pools: PoolLookup | undefined,
): EndpointEvidence | undefined {
	const named = name && judgeNameIn(name, i);
	const destination = pools?.find(flows.addresses, i * 32 + 16, flows.destinationPort[i]!);
	const listed = destination ?? pools?.find(flows.addresses, i * 32, flows.sourcePort[i]!);
	if (listed === undefined) return named;
	const listMass = supportMass(POOL_LIST_MASS);
	return {
		...(named?.name && { name: named.name }),
		listed,
		listedIsSource: destination === undefined,
		mass: named ? combine(named.mass, listMass) : listMass,
		speaksOfMining: named?.speaksOfMining === true,
	};
}

function judgeNameIn({ values, offsets }: ListColumn<Uint8Array>, i: number): EndpointEvidence | undefined {
	const begin = offsets[i]!;
	const end = offsets[i + 1]!;
	return mayTell(values, begin, end) ? evidenceOfName.of(values, begin, end) : undefined;
}

/** Places, each for the last name of its hash: with more of them fewer names drive each other out. */
const REMEMBERED_NAMES = 1 << 16;

/** What names that may tell say by themselves: few come again and again, and each is judged once. */
const evidenceOfName = new TextMemory(REMEMBERED_NAMES, (text): EndpointEvidence | undefined => {
	const name = judgeName(text.toLowerCase());
	return name && { name, mass: supportMass(name.mass), speaksOfMining: true };
});
