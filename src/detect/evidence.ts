/** Why one flow was reported: one entry a signal. This is what NDJSON writes under `evidence` (docs/evidence.md). */
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
	/** The mining protocol's name, as `mining_protocol` has it. */
	readonly protocol: string;
	/** The message recognised: `mining.subscribe`, `login`, `job`, `reply to login` … */
	readonly message: string;
	/** The bytes that told, as text, wallets and worker names cut to a short prefix. */
	readonly excerpt: string;
}

export interface ServerNameEvidence {
	readonly signal: "server-name";
	readonly name: string;
	/** The words in the name that told. */
	readonly words: readonly string[];
	/** m(miner) that the name supports, 0 … 1. */
	readonly mass: number;
	/** Under `--compat`: m(other) = 1 − m(miner). */
	readonly other?: number;
}

/** The client had resolved the server's address from a name that speaks of mining. */
export interface DnsEvidence {
	readonly signal: "dns";
	readonly name: string;
	readonly words: readonly string[];
	/** m(miner) that the name supports, discounted: servers share addresses. */
	readonly mass: number;
}

/** Another sensor reported mining; its signature, as it wrote it. */
export interface ForeignAlertEvidence {
	readonly signal: "foreign-alert";
	readonly signature: string;
	/** m(miner) that an alert supports. */
	readonly mass: number;
}

/** The payload plainly speaks another protocol. */
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
	/** The features that moved the probability most, by path attribution over the trees; `effect` is in probability. */
	readonly features: readonly { readonly name: string; readonly value: number; readonly effect: number }[];
}

/** What shape alone found is reported only if most flows between the two hosts agree (`--conversations`). */
export interface ConversationEvidence {
	readonly signal: "conversation";
	/** Flows between the two hosts that were judged so far, this one included, and those found to be mining. */
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
	/** m(miner). Present if it was compared with the threshold: the name decides alone. Else the pignistic probability was. */
	readonly belief?: number;
	/** `-d`, what `-t` means after discounting, or the threshold of names that decide alone. */
	readonly threshold: number;
}

/** The decision is that of the conversation's flow that had a server name. The original's cache keeps neither time nor score. */
export interface CacheEvidence {
	readonly signal: "cache";
	/** When the conversation was decided with a server name, µs since the epoch in flow time. */
	readonly decided?: number;
	readonly pignistic?: number;
}

/** The server sends data when blocks are found (docs/block-times.md). Concluded from all flows of two hosts, not from one. */
export interface BlockTimesEvidence {
	readonly signal: "block-times";
	/** The coin whose blocks it follows. */
	readonly coin?: string;
	/** Where no clock of a coin was known: the other suspected server, `address:port`, that sends data at the same times. */
	readonly with?: string;
	/** The longest delay of a push after its block that counts as a hit, in seconds. */
	readonly within: number;
	/** Blocks while the connections were observed, and those of them that a push followed. */
	readonly blocks: number;
	readonly hits: number;
	/** Hits that one expects by chance: blocks times coverage. */
	readonly expected: number;
	/** Share of the observed time at which a block would be a hit. */
	readonly coverage: number;
	/** Corrected for all clocks tested and for all looks. */
	readonly pValue: number;
}

/** The server was asked as a miner would ask, and answered as only pools do. */
export interface ProbeEvidence {
	readonly signal: "probe";
	readonly address: string;
	readonly port: number;
	readonly tls: boolean;
	/** The mining protocol that it speaks. */
	readonly protocol: string;
	readonly coin?: string;
}
