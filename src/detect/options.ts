import type { CompatArithmetic } from "./compat/original-arithmetic.ts";
import type { PoolLookup } from "./pool-lookup.ts";

/** How the detector decides. */
export interface DetectOptions {
	/** Decide as the original does, with this arithmetic; all but the thresholds, `cache` and `filter` below is then the original's. */
	readonly compat?: CompatArithmetic;
	/** `-t`, 0 … 1: the forest's probability above which it decides alone. Absent: the model's own, else 0.99. */
	readonly mlThreshold?: number;
	/** `-d`, 0 … 1: the pignistic probability above which a flow whose server name speaks of mining is a miner. Absent: the model's own, else 0.03. */
	readonly dstThreshold?: number;
	/** `-c`: flows without a server name take over what was decided for the same conversation with one. */
	readonly cache: boolean;
	/** Conversations the cache keeps; under `compat` a million. */
	readonly cacheSize: number;
	/** Age in µs of flow time at which the cache forgets a decision; Infinity: never. The original never does. */
	readonly cacheMaxAge: number;
	/** `-f`: flows to port 443 without a server name are not judged, unless payload or cache decide them. */
	readonly filter: boolean;
	/** Report flows that shape alone decides only if most flows between the two hosts agree. */
	readonly conversations?: ConversationOptions;
	readonly pools?: PoolLookup;
	/** A flow with an end on the pool list is a miner, whatever else is said. */
	readonly poolsDecide?: boolean;
	/** Whether the 16 address bytes at `offset` are of a network that is ours (`--internal`). */
	readonly internal?: (addresses: Uint8Array, offset: number) => boolean;
}

export interface ConversationOptions {
	/** Pairs of hosts to remember at most; the oldest is forgotten first. */
	readonly size: number;
	/** µs of flow time without a flow after which a pair is forgotten. */
	readonly maxAge: number;
	/** Flows above the threshold that a pair needs, and their least share of the flows judged, 0 … 1. */
	readonly leastAgreeing: number;
	readonly leastShare: number;
}

const HOUR = 3600e6;

export const DEFAULT_OPTIONS = {
	cache: false,
	cacheSize: 1_000_000,
	cacheMaxAge: 24 * HOUR,
	filter: false,
} as const satisfies DetectOptions;

export const DEFAULT_CONVERSATIONS: ConversationOptions = {
	size: 200_000,
	maxAge: HOUR,
	leastAgreeing: 2,
	leastShare: 0.5,
};

/** What a model without thresholds gets: the original's. */
export const ORIGINAL_THRESHOLDS = { ml: 0.99, dst: 0.03 } as const;

/** What the original's unbounded cache is bounded to under `compat`. */
export const COMPAT_CACHE_SIZE = 1_000_000;
