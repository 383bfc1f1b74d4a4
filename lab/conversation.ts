/**
 * What the laboratory's scripts produce and its transports turn into traffic: an application-level conversation under a
 * virtual clock. `lab/wire` makes packets of it (captures), `lab/shape` flow records (training data); both from the same script.
 */
export interface Conversation {
	readonly label: "Miner" | "Other";
	/** What was scripted, for manifests and cards: `monero/xmrig`, `mqtt keep-alive`. */
	readonly kind: string;
	readonly transport: "tcp" | "udp";
	readonly serverPort: number;
	/** Present where the conversation runs inside TLS. */
	readonly tls?: { readonly version: "TLSv1.2" | "TLSv1.3"; readonly serverName?: string };
	/** One-way delay in seconds that the script reckoned with when it placed its answers; a transport takes it as its own. */
	readonly latency?: number;
	readonly messages: readonly Message[];
	/** Seconds after the start at which the ends close; Infinity where the capture ends first. */
	readonly closesAt: number;
}

/** One write of the application, handed to the transport at `at`. */
export interface Message {
	/** Seconds since the conversation's start, never decreasing. */
	readonly at: number;
	readonly from: "client" | "server";
	/** Bytes written. */
	readonly length: number;
	/** The bytes themselves, where the script knows them; `length` of them. Transports that need bytes fill in seeded ones. */
	readonly bytes?: Uint8Array;
}
