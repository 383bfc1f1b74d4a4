/** What every script of ordinary traffic is steered by. Times in seconds. */
export interface OrdinaryParameters {
	readonly duration: number;
	/** One-way delay between the ends. */
	readonly latency: number;
	/** Host name of the server, where the protocol carries it. */
	readonly serverName: string;
	/** The protocol's own port when absent. */
	readonly serverPort?: number;
	/** Present: the session runs inside TLS. */
	readonly tls?: { readonly version: "TLSv1.2" | "TLSv1.3"; readonly serverName?: string };
}
