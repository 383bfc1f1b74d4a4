/** Why one flow was reported: one entry a signal. This is what NDJSON writes under `evidence` (docs/evidence.md). */
export type Evidence = PayloadEvidence | ServerNameEvidence | ShapeEvidence | CombinationEvidence | CacheEvidence;

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
}

export interface ShapeEvidence {
	readonly signal: "shape";
	readonly probability: number;
	readonly threshold: number;
	/** The features that moved the probability most, by path attribution over the trees; `effect` is in probability. */
	readonly features: readonly { readonly name: string; readonly value: number; readonly effect: number }[];
}

export interface CombinationEvidence {
	readonly signal: "combination";
	/** The mass functions combined, in order, over {miner, other, Θ}. */
	readonly masses: readonly {
		readonly of: string;
		readonly miner: number;
		readonly other: number;
		readonly uncertain: number;
	}[];
	readonly pignistic: number;
}

export interface CacheEvidence {
	readonly signal: "cache";
	/** When the conversation was decided with a server name, µs since the epoch in flow time. */
	readonly decided: number;
	readonly pignistic: number;
}
