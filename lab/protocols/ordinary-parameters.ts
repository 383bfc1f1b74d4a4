/** Parameters of every script of ordinary traffic. Times in seconds. */
export interface OrdinaryParameters {
	readonly duration: number;
	/** One-way delay between the ends. */
	readonly latency: number;
	/** Host name of the server, if the protocol contains it. */
	readonly serverName: string;
	/** The default is the protocol's own port. */
	readonly serverPort?: number;
	/** Present: the session runs inside TLS. */
	readonly tls?: { readonly version: "TLSv1.2" | "TLSv1.3"; readonly serverName?: string };
}
