/** Reasons for reporting one flow: one entry per signal. NDJSON writes this under `evidence` (docs/evidence.md). */
export type Evidence =
	| PayloadEvidence
	| ServerNameEvidence
	| DnsEvidence
	| ForeignAlertEvidence
	| PoolListEvidence
	| ShapeEvidence
	| PlainProtocolEvidence
	| ConversationEvidence
	| CombinationEvidence
	| CacheEvidence
	| BlockTimesEvidence
	| ProbeEvidence;

export interface PayloadEvidence {
	readonly signal: "payload";
	/** `forward`: sent by the flow's source; `reverse`: by its destination. */
	readonly direction: "forward" | "reverse";
	/** The name of the mining protocol, as in `mining_protocol`. */
	readonly protocol: string;
	/** The message recognised: `mining.subscribe`, `login`, `job`, `reply to login` … */
	readonly message: string;
	/** The decisive bytes as text; wallets and worker names are cut to a short prefix. */
	readonly excerpt: string;
}

export interface ServerNameEvidence {
	readonly signal: "server-name";
	readonly name: string;
	/** The words in the name that indicate mining. */
	readonly words: readonly string[];
	/** m(miner) that the name supports, 0 … 1. */
	readonly mass: number;
	/** Under `--compat`: m(other) = 1 − m(miner). */
	readonly other?: number;
}

/** The client had resolved the server's address from a name that indicates mining. */
export interface DnsEvidence {
	readonly signal: "dns";
	readonly name: string;
	readonly words: readonly string[];
	/** m(miner) that the name supports, discounted: servers share addresses. */
	readonly mass: number;
}

/** Another sensor reported mining; the original text of its signature. */
export interface ForeignAlertEvidence {
	readonly signal: "foreign-alert";
	readonly signature: string;
	/** m(miner) that an alert supports. */
	readonly mass: number;
}

/** The payload is clearly another protocol. */
export interface PlainProtocolEvidence {
	readonly signal: "plain-protocol";
	readonly protocol: string;
	/** m(other) that it supports. */
	readonly other: number;
}

export interface PoolListEvidence {
	readonly signal: "pool-list";
	/** The address and port that are on the list. */
	readonly address: string;
	readonly port: number;
	readonly pool?: string;
	readonly coin?: string;
	/** m(miner) that a list supports. */
	readonly mass: number;
	/** Whether the list alone made the flow a miner (`--pools-decide`). */
	readonly decides: boolean;
}

export interface ShapeEvidence {
	readonly signal: "shape";
	readonly probability: number;
	/** The probability above which the forest alone decides (`-t`). */
	readonly threshold: number;
	/**
	 * The features that changed the probability most, by path attribution over the trees; `effect` is in probability.
	 */
	readonly features: readonly { readonly name: string; readonly value: number; readonly effect: number }[];
}

/** A flow found by shape alone is reported only if most flows between the two hosts agree (`--conversations`). */
export interface ConversationEvidence {
	readonly signal: "conversation";
	/** Judged flows between the two hosts so far, including this one, and those found to be mining. */
	readonly judged: number;
	readonly agreeing: number;
}

export interface CombinationEvidence {
	readonly signal: "combination";
	/** The mass functions combined, in order, over {miner, other, Θ}; `of` names the signal. */
	readonly masses: readonly {
		readonly of: "server-name" | "dns" | "foreign-alert" | "pool-list" | "shape" | "plain-protocol";
		readonly miner: number;
		readonly other: number;
		readonly uncertain: number;
	}[];
	/** m(miner) + m(Θ)/2. */
	readonly pignistic: number;
	/**
	 * m(miner). Present if it was compared with the threshold because the name decides alone; otherwise the pignistic
	 * probability was compared.
	 */
	readonly belief?: number;
	/** `-d`, the value of `-t` after discounting, or the threshold of names that decide alone. */
	readonly threshold: number;
}

/**
 * The decision was taken over from the conversation's flow with a server name. The original's cache stores neither time
 * nor score.
 */
export interface CacheEvidence {
	readonly signal: "cache";
	/** The time at which the conversation was decided with a server name, µs since the epoch in flow time. */
	readonly decided?: number;
	readonly pignistic?: number;
}

/** The server sends data when blocks are found (docs/block-times.md). Concluded from all flows of two hosts, not from one. */
export interface BlockTimesEvidence {
	readonly signal: "block-times";
	/** The coin whose blocks it follows. */
	readonly coin?: string;
	/** If no coin has a known clock: the other suspected server, `address:port`, that sends data at the same times. */
	readonly with?: string;
	/** The longest delay of a push after its block that counts as a hit, in seconds. */
	readonly within: number;
	/** Blocks while the connections were observed, and the number of them that a push followed. */
	readonly blocks: number;
	readonly hits: number;
	/** Expected number of hits by chance: blocks times coverage. */
	readonly expected: number;
	/** Share of the observed time in which a block would be a hit. */
	readonly coverage: number;
	/** Corrected for all tested clocks and all repeated tests. */
	readonly pValue: number;
}

/** The server was probed with a miner's messages, and answered like a pool. */
export interface ProbeEvidence {
	readonly signal: "probe";
	readonly address: string;
	readonly port: number;
	readonly tls: boolean;
	/** The mining protocol of the server. */
	readonly protocol: string;
	readonly coin?: string;
}
