import type { MiningProtocol } from "../mining/index.ts";
import type { PoolEndpoint } from "./pool-endpoint.ts";
import { canBeAskedFor, PROBED_PROTOCOLS } from "./probe-request.ts";
import { isReservedAddress } from "./reserved-address.ts";
import type { ResolvedHost } from "./resolve-hosts.ts";

/** An address and port to probe, and the facts from the lists. */
export interface ProbeTarget {
	readonly address: string;
	readonly port: number;
	/** The first name that resolved to the address. */
	readonly host: string;
	readonly tls?: boolean;
	readonly protocol?: MiningProtocol;
	readonly coin?: string;
	readonly pool?: string;
}

/** The targets of a run, and the entries left out. */
export interface ProbePlan {
	readonly targets: readonly ProbeTarget[];
	/** Upper bound of connections. */
	readonly connectionsAtMost: number;
	/** Names without an address, with the reason. */
	readonly unresolved: readonly ResolvedHost[];
	/** Number of addresses and ports left out. */
	readonly reserved: number;
	readonly denied: number;
	/** Number of addresses beyond the limit per name. */
	readonly leftOut: number;
}

export interface PlanOptions {
	/** Probe private and reserved addresses, too. */
	readonly allowReserved: boolean;
	/** Whether a name or an address must not be probed. */
	readonly isDenied: (hostOrAddress: string) => boolean;
}

/** Joins the endpoints of lists with the addresses of their names; each address and port is probed once. */
export function planProbes(
	endpoints: readonly PoolEndpoint[],
	resolved: readonly ResolvedHost[],
	options: PlanOptions,
): ProbePlan {
	const byHost = new Map(resolved.map((host) => [host.host, host]));
	const targets = new Map<string, ProbeTarget>();
	let reserved = 0;
	let denied = 0;
	for (const endpoint of endpoints) {
		for (const address of byHost.get(endpoint.host)?.addresses ?? []) {
			if (options.isDenied(endpoint.host) || options.isDenied(address)) denied++;
			else if (!options.allowReserved && isReservedAddress(address)) reserved++;
			else addTarget(targets, { ...endpoint, address });
		}
	}
	const list = [...targets.values()];
	return {
		targets: list,
		connectionsAtMost: list.reduce((sum, target) => sum + protocolsOf(target).length * transportsOf(target).length, 0),
		unresolved: resolved.filter(({ addresses }) => addresses.length === 0),
		reserved,
		denied,
		leftOut: resolved.reduce((sum, host) => sum + host.leftOut, 0),
	};
}

/** Protocols to try, in order: that of the list if a probe can speak it, else each. */
export function protocolsOf(target: ProbeTarget): readonly MiningProtocol[] {
	const { protocol } = target;
	return protocol === undefined || !canBeAskedFor(protocol) ? PROBED_PROTOCOLS : [protocol];
}

/** Whether to use TLS, in order: as in the list, else first with TLS and then without. */
export function transportsOf(target: ProbeTarget): readonly boolean[] {
	return target.tls === undefined ? [true, false] : [target.tls];
}

/** Two names may resolve to one address and port; contradicting facts become unknown. */
function addTarget(targets: Map<string, ProbeTarget>, target: ProbeTarget): void {
	const key = `${target.address} ${target.port}`;
	const known = targets.get(key);
	if (known === undefined) {
		targets.set(key, target);
		return;
	}
	const { address, port, host } = known;
	const tls = known.tls === target.tls ? known.tls : undefined;
	const protocol = known.protocol === target.protocol ? known.protocol : undefined;
	const coin = known.coin === target.coin ? known.coin : undefined;
	const pool = known.pool ?? target.pool;
	targets.set(key, {
		address,
		port,
		host,
		...(tls !== undefined && { tls }),
		...(protocol !== undefined && { protocol }),
		...(coin !== undefined && { coin }),
		...(pool !== undefined && { pool }),
	});
}
