import { UsageError } from "../../bytes/error.ts";
import { coinNamed } from "./coin-named.ts";
import type { NodeAddress } from "./node-clock.ts";

/** A pool that is listened to. */
export interface ListenedPool {
	readonly coin: string;
	readonly host: string;
	readonly port: number;
	readonly tls: boolean;
}

/** Where block times come from, as `--block-times` and `detection.block_times` name it. */
export type BlockTimeSource =
	/** Miners of the same traffic whose payload is readable. */
	| { readonly kind: "network" }
	/** A file of lines, followed while it grows; `-` is standard input. */
	| { readonly kind: "file"; readonly path: string }
	| { readonly kind: "node"; readonly node: NodeAddress }
	| { readonly kind: "pool"; readonly pool: ListenedPool };

/**
 * Reads `network`, `node:http://HOST:PORT` (Monero), `node:COIN+http://NAME:PASSWORD@HOST:PORT`, `pool:COIN+tcp://HOST:PORT`,
 * `pool:COIN+tls://HOST:PORT`, or the path of a file. Throws a `UsageError`, which never quotes a password.
 */
export function parseBlockTimeSource(text: string): BlockTimeSource {
	if (text === "network") return { kind: "network" };
	if (text.startsWith("node:")) return { kind: "node", node: nodeOf(text.slice(5)) };
	if (text.startsWith("pool:")) return { kind: "pool", pool: poolOf(text.slice(5)) };
	if (text === "") throw new UsageError("block times: expected network, a file, node:URL or pool:URL");
	return { kind: "file", path: text };
}

function nodeOf(text: string): NodeAddress {
	const { coin, scheme, url } = parts(text, "node:http://HOST:PORT or node:bitcoin+http://NAME:PASSWORD@HOST:PORT");
	if ((scheme !== "http" && scheme !== "https") || (coin !== undefined && coin !== "Monero" && coin !== "Bitcoin"))
		throw new UsageError("block times: a node speaks http or https, and is Monero's or Bitcoin's");
	const { username, password, pathname } = url;
	return {
		coin: coin ?? "Monero",
		url: `${scheme}://${url.host}${pathname === "/" ? "" : pathname}`,
		...(username !== "" && { user: decodeURIComponent(username), password: decodeURIComponent(password) }),
	};
}

function poolOf(text: string): ListenedPool {
	const wanted = "pool:COIN+tcp://HOST:PORT or pool:COIN+tls://HOST:PORT";
	const { coin, scheme, url } = parts(text, wanted);
	const port = Number(url.port);
	if (coin === undefined || (scheme !== "tcp" && scheme !== "tls") || port === 0)
		throw new UsageError(`block times: expected ${wanted}`);
	return { coin, host: url.hostname.replace(/^\[|\]$/g, ""), port, tls: scheme === "tls" };
}

function parts(text: string, wanted: string): { coin: string | undefined; scheme: string; url: URL } {
	const found = /^(?:([a-z-]+)\+)?([a-z]+):\/\/(.+)$/i.exec(text);
	// A scheme that URL knows, so that it reads the host as one.
	const url = found === null ? null : URL.parse(`http://${found[3]}`);
	if (found === null || url === null || url.hostname === "") throw new UsageError(`block times: expected ${wanted}`);
	// Port 80 is the default of the scheme that URL was given, and left out.
	if (/:80(\/|$)/.test(found[3]!)) url.protocol = "https";
	const coin = found[1] === undefined ? undefined : coinNamed(found[1]);
	return { coin, scheme: found[2]!.toLowerCase(), url };
}
