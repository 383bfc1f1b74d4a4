/**
 * An application-level conversation under a virtual clock: written by the laboratory's scripts and turned into traffic
 * by its transports. `lab/wire` makes packets of it (captures), `lab/shape` flow records (training data); both use the
 * same script.
 */
export interface Conversation {
	readonly label: "Miner" | "Other";
	/** The name of the script, for manifests and cards: `monero/xmrig`, `mqtt keep-alive`. */
	readonly kind: string;
	readonly transport: "tcp" | "udp";
	readonly serverPort: number;
	/** Present if the conversation runs inside TLS. */
	readonly tls?: { readonly version: "TLSv1.2" | "TLSv1.3"; readonly serverName?: string };
	/** One-way delay in seconds that the script assumed for its answers; a transport uses the same value. */
	readonly latency?: number;
	readonly messages: readonly Message[];
	/** Seconds after the start at which the ends close; Infinity if the capture ends first. */
	readonly closesAt: number;
}

/** One write of the application, passed to the transport at `at`. */
export interface Message {
	/** Seconds since the conversation's start, never decreasing. */
	readonly at: number;
	readonly from: "client" | "server";
	/** Bytes written. */
	readonly length: number;
	/**
	 * The bytes themselves, if the script knows them; `length` of them. Transports that need bytes fill in seeded ones.
	 */
	readonly bytes?: Uint8Array;
}
