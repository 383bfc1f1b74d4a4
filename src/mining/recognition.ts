/** Mining protocols by their names in verdicts and documentation (docs/protocols.md). */
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

/** The facts that one message contains. */
export interface Finding {
	readonly protocol: MiningProtocol;
	/** `mining.subscribe`, `login`, `job`, `reply to login` … */
	readonly message: string;
	/** The end that sends such messages. */
	readonly sender: "miner" | "pool";
	/** The coin, if the message names it. */
	readonly coin?: string | undefined;
	/** Name and version of the mining program, if it names itself. */
	readonly software?: string | undefined;
	/** Prefix of the wallet: at most six characters and at most half of it. */
	readonly walletPrefix?: string | undefined;
	/** `working`: the pool sends a job or accepts a share; `refused`: it refuses the miner or a share. */
	readonly outcome?: PoolOutcome | undefined;
}

/** A mining message in the first payload bytes of one direction. */
export interface Recognition extends Finding {
	/** The visible part of the message; every string that is not a protocol word is cut to a short prefix. */
	readonly excerpt: string;
}

/** The carrier of the messages of a payload; `miner-http`: HTTP whose head was sent by a miner. */
export type Carrier = "stream" | "http" | "miner-http" | "websocket";
