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
	| "stratum-v2"
	| "beam-stratum"
	| "ckb-stratum"
	| "duino-coin"
	| "ironfish-stratum"
	| "kadena-mining"
	| "nimiq-pool"
	| "pascal-stratum"
	| "quai-stratum"
	| "signum-mining"
	| "veriblock-ucp"
	| "xatum"
	| "xelis-getwork";

/** Whether the pool served the miner, as far as payload shows. */
export type PoolOutcome = "working" | "refused" | "unanswered" | "unknown";

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
	/** How the wallet begins: at most six characters and never more than half. */
	readonly walletPrefix?: string | undefined;
	/** `working`: the pool sends a job or accepts a share; `refused`: it refuses the miner or a share. */
	readonly outcome?: PoolOutcome | undefined;
}

/** A mining message in the first payload bytes of one direction. */
export interface Recognition extends Finding {
	/** The message as far as it was seen; every string that is not the protocol's own is cut to a short prefix. */
	readonly excerpt: string;
}

/** What carries the messages of a payload; `miner-http`: the head of the HTTP message is a miner's. */
export type Carrier = "stream" | "http" | "miner-http" | "websocket";
