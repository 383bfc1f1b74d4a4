import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";

/** Options of name resolution. */
export interface ResolveOptions {
	/** Resolvers as `address` or `address:port`; default: the system's. */
	readonly servers?: readonly string[];
	/** Milliseconds per try of a resolver. */
	readonly timeout: number;
	readonly tries: number;
	/** Names resolved in parallel. */
	readonly concurrency: number;
	/** Most addresses of one name that are used; more are left out. */
	readonly maxAddresses: number;
}

/** The result for one name. */
export interface ResolvedHost {
	readonly host: string;
	readonly addresses: readonly string[];
	/** Number of addresses beyond `maxAddresses`. */
	readonly leftOut: number;
	/** Why there are no addresses: `no such host`, `timeout` … */
	readonly error?: string;
}

export const DEFAULT_RESOLVE: ResolveOptions = { timeout: 3000, tries: 3, concurrency: 20, maxAddresses: 32 };

/**
 * Resolves names to their IPv4 and IPv6 addresses (A and AAAA, aliases followed by the resolver), an address to itself.
 * Yields in the order of the answers. Never throws for a name; throws if the address of a resolver is invalid.
 */
export async function* resolveHosts(
	hosts: readonly string[],
	options: ResolveOptions,
	signal?: AbortSignal,
): AsyncGenerator<ResolvedHost> {
	const resolver = new Resolver({ timeout: options.timeout, tries: options.tries });
	if (options.servers && options.servers.length > 0) resolver.setServers(options.servers);
	const running = new Map<number, Promise<[number, ResolvedHost]>>();
	let next = 0;
	const begin = (): void => {
		const i = next++;
		running.set(
			i,
			resolveOne(resolver, hosts[i]!, options.maxAddresses).then((resolved) => [i, resolved]),
		);
	};
	const abort = (): void => resolver.cancel();
	signal?.addEventListener("abort", abort);
	try {
		while (next < hosts.length && running.size < options.concurrency) begin();
		while (running.size > 0 && signal?.aborted !== true) {
			const [i, resolved] = await Promise.race(running.values());
			running.delete(i);
			if (next < hosts.length) begin();
			yield resolved;
		}
	} finally {
		signal?.removeEventListener("abort", abort);
		resolver.cancel();
	}
}

async function resolveOne(resolver: Resolver, host: string, maxAddresses: number): Promise<ResolvedHost> {
	if (isIP(host) !== 0) return { host, addresses: [host], leftOut: 0 };
	const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
	const found = [...new Set(answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : [])))];
	const addresses = found.filter((address) => isIP(address) !== 0).slice(0, maxAddresses);
	const leftOut = found.length - addresses.length;
	if (addresses.length > 0) return { host, addresses, leftOut };
	const codes = answers.map((answer) =>
		answer.status === "rejected" ? (answer.reason as NodeJS.ErrnoException).code : undefined,
	);
	return { host, addresses, leftOut, error: reasonOf(codes) };
}

function reasonOf(codes: readonly (string | undefined)[]): string {
	if (codes.includes("ETIMEOUT")) return "timeout";
	if (codes.some((code) => code === "ENOTFOUND" || code === "ENODATA")) return "no such host";
	if (codes.includes("EREFUSED") || codes.includes("ECONNREFUSED")) return "the resolver refuses";
	return codes.includes("ECANCELLED") ? "interrupted" : "the resolver fails";
}
