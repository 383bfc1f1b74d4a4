import type { MiningProtocol } from "../mining/index.ts";
import type { PoolEndpoint } from "./pool-endpoint.ts";
import { PROBED_PROTOCOLS } from "./probe-request.ts";
import { isReservedAddress } from "./reserved-address.ts";
import type { ResolvedHost } from "./resolve-hosts.ts";

/** An address and port to be asked, and what the lists say of it. */
export interface ProbeTarget {
	readonly address: string;
	readonly port: number;
	/** The first name that led here. */
	readonly host: string;
	readonly tls?: boolean;
	readonly protocol?: MiningProtocol;
	readonly coin?: string;
	readonly pool?: string;
}

/** What will be asked, and what not. */
export interface ProbePlan {
	readonly targets: readonly ProbeTarget[];
	/** Connections that will be made at most. */
	readonly connectionsAtMost: number;
	/** Names without an address, with the reason. */
	readonly unresolved: readonly ResolvedHost[];
	/** Addresses and ports left out. */
	readonly reserved: number;
	readonly denied: number;
	/** Addresses of names that have more than were wanted. */
	readonly leftOut: number;
}

export interface PlanOptions {
	/** Ask private and reserved addresses too. */
	readonly allowReserved: boolean;
	/** Whether a name or an address must not be asked. */
	readonly isDenied: (hostOrAddress: string) => boolean;
}

/** Puts the endpoints of lists and the addresses of their names together; each address and port is asked once. */
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

/** Protocols to ask for, in turn: the one that the list says, else each. */
export function protocolsOf(target: ProbeTarget): readonly MiningProtocol[] {
	return target.protocol === undefined ? PROBED_PROTOCOLS : [target.protocol];
}

/** Whether over TLS, in turn: as the list says, else TLS and then not. */
export function transportsOf(target: ProbeTarget): readonly boolean[] {
	return target.tls === undefined ? [true, false] : [target.tls];
}

/** Two names may lead to one address and port; where they say different things of it, nothing is said. */
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
