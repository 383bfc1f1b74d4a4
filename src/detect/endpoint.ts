import { ALERT_ATTRIBUTE } from "../flow/alert-attribute.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { combine, type Mass, supportMass, VACUOUS } from "./dempster-shafer.ts";
import type { PoolHit, PoolLookup } from "./pool-lookup.ts";
import { type JudgedName, judgeServerName, serverNameColumn } from "./server-names.ts";

/** The evidence in the names and addresses of a flow's ends. */
export interface EndpointEvidence {
	readonly name?: JudgedName;
	readonly listed?: PoolHit;
	/** The end that is on the pool list. */
	readonly listedIsSource?: boolean;
	/** The server's name is on the list, not only its address. */
	readonly isListedByName?: boolean;
	/** Another sensor reported mining in this flow. */
	readonly hasForeignAlert?: true;
	/** Name, list and alert together, over {miner, other, Θ}. */
	readonly mass: Mass;
	/** Whether the server name supports mining: then `-d` is the threshold, else `-t`. */
	readonly speaksOfMining: boolean;
}

/**
 * m(miner) of an address on a pool list. It is low on purpose: lists age, and addresses of hosting companies or
 * content-delivery networks are shared with ordinary servers. It raises a forest probability of 0.96 to the level of
 * 0.97 alone.
 */
export const POOL_LIST_MASS = 0.3;

/**
 * m(miner) of a server name on a pool list: lists name the hosts that serve miners, and other clients rarely use them.
 */
export const LISTED_NAME_MASS = 0.7;

/**
 * m(miner) of another sensor's alert about mining. We cannot check its signature: alone, and together with a pool list,
 * it stays below {@link NAME_THRESHOLD}, so that an alert decides only if a name, a payload or a shape agrees.
 */
export const FOREIGN_ALERT_MASS = 0.5;

/**
 * m(miner) above which a server name decides alone, with or without a pool list. It lies above the mass of a pool's
 * bare domain (0.6: often its web site) and of two mining words (0.7).
 */
export const NAME_THRESHOLD = 0.65;

/**
 * Whether name and list need no other evidence: m(miner) > {@link NAME_THRESHOLD}. m(Θ) is not counted, so that a weak
 * name does not decide only because other evidence is missing. The shape is not evaluated, so that more packets never
 * lower the verdict.
 */
export function decidesAlone({ mass, speaksOfMining }: EndpointEvidence): boolean {
	return speaksOfMining && mass.miner > NAME_THRESHOLD;
}

/** The evidence of flow i's server name, the pool list and other sensors; undefined if there is none. */
export function judgeEndpoint(
	flows: FlowColumns,
	i: number,
	pools: PoolLookup | undefined,
): EndpointEvidence | undefined {
	const name = judgeServerName(flows, i);
	const destination = pools?.find(flows.addresses, i * 32 + 16, flows.destinationPort[i]!);
	const byAddress = destination ?? pools?.find(flows.addresses, i * 32, flows.sourcePort[i]!);
	const byName = pools && listedName(flows, i, pools);
	const listed = byName ?? byAddress;
	const isAlerted = hasForeignAlert(flows, i);
	if (name === undefined && listed === undefined && !isAlerted) return undefined;
	let mass = name ? supportMass(name.mass) : VACUOUS;
	if (isAlerted) mass = combine(mass, supportMass(FOREIGN_ALERT_MASS));
	if (listed) mass = combine(mass, supportMass(byName ? LISTED_NAME_MASS : POOL_LIST_MASS));
	return {
		...(name && { name }),
		...(listed && { listed, listedIsSource: byAddress !== undefined && destination === undefined }),
		...(byName && { isListedByName: true }),
		...(isAlerted && { hasForeignAlert: true }),
		mass,
		speaksOfMining: name !== undefined || byName !== undefined,
	};
}

/** The list entry for the name in flow i's handshake, otherwise for the name that the client had resolved. */
function listedName(flows: FlowColumns, i: number, pools: PoolLookup): PoolHit | undefined {
	const column = serverNameColumn(flows, i) ?? flows.extras.resolvedName;
	return column && pools.findName(column.values, column.offsets[i]!, column.offsets[i + 1]!);
}

function hasForeignAlert({ extras }: FlowColumns, i: number): boolean {
	const alerts = extras.attributes?.[ALERT_ATTRIBUTE];
	return alerts !== undefined && alerts.offsets[i] !== alerts.offsets[i + 1];
}
