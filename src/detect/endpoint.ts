import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { combine, type Mass, supportMass } from "./dempster-shafer.ts";
import type { PoolHit, PoolLookup } from "./pool-lookup.ts";
import { judgeServerName, type NameJudgement } from "./server-name.ts";

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
	const judgement = name && judgeServerName(name.values, name.offsets[i]!, name.offsets[i + 1]!);
	const destination = pools?.find(flows.addresses, i * 32 + 16, flows.destinationPort[i]!);
	const listed = destination ?? pools?.find(flows.addresses, i * 32, flows.sourcePort[i]!);
	if (judgement === undefined && listed === undefined) return undefined;
	const nameMass = judgement && supportMass(judgement.mass, judgement.other);
	const listMass = listed && supportMass(POOL_LIST_MASS);
	return {
		...(judgement && { name: judgement }),
		...(listed && { listed, listedIsSource: destination === undefined }),
		mass: nameMass && listMass ? combine(nameMass, listMass) : (nameMass ?? listMass)!,
		speaksOfMining: judgement !== undefined && judgement.mass > 0,
	};
}
