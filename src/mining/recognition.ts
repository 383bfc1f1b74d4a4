/** Mining protocols by the names that verdicts and documentation use (docs/protocols.md). */
export type MiningProtocol =
	| "stratum"
	| "ethereum-stratum"
	| "zcash-stratum"
	| "eth-proxy"
	| "monero-stratum"
	| "grin-stratum"
	| "getwork"
	| "getblocktemplate"
	| "web-miner"
	| "stratum-v2";

/** What one message says of itself. */
export interface Finding {
	readonly protocol: MiningProtocol;
	/** `mining.subscribe`, `login`, `job`, `reply to login` … */
	readonly message: string;
	/** The end of the conversation that sends such a message. */
	readonly sender: "miner" | "pool";
	/** Where the message tells it. */
	readonly coin?: string | undefined;
	/** Name and version of the mining program, where it names itself. */
	readonly software?: string | undefined;
}

/** A mining message in the first payload bytes of one direction. */
export interface Recognition extends Finding {
	/** The message as far as it was seen; every string that is not the protocol's own is cut to a short prefix. */
	readonly excerpt: string;
}

/** What carries the messages of a payload. */
export type Carrier = "stream" | "http" | "websocket";
