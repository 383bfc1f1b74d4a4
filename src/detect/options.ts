import type { CompatArithmetic } from "./compat/original-arithmetic.ts";
import type { PoolLookup } from "./pool-lookup.ts";

/** Options of the detector. */
export interface DetectOptions {
	/** Decide like the original, with this arithmetic; then only the thresholds, `cache` and `filter` below apply. */
	readonly compat?: CompatArithmetic;
	/** `-t`, 0 … 1: the forest's probability above which it decides alone. Absent: the model's own, else 0.99. */
	readonly mlThreshold?: number;
	/**
	 * `-d`, 0 … 1: the pignistic probability above which a flow whose server name indicates mining is a miner. Absent:
	 * the model's own, else 0.03.
	 */
	readonly dstThreshold?: number;
	/** `-c`: flows without a server name take over the decision about a flow of the same conversation with one. */
	readonly cache: boolean;
	/** Conversations the cache keeps; under `compat` a million. */
	readonly cacheSize: number;
	/** Age in µs of flow time after which the cache drops a decision; Infinity: never, like the original. */
	readonly cacheMaxAge: number;
	/** `-f`: flows to port 443 without a server name are not judged, unless payload or cache decide them. */
	readonly filter: boolean;
	/** Report flows decided by shape alone only if most flows between the two hosts agree. */
	readonly conversations?: ConversationOptions;
	readonly pools?: PoolLookup;
	/** A flow with an end on the pool list is a miner, regardless of other evidence. */
	readonly poolsDecide?: boolean;
	/** Whether the 16 address bytes at `offset` are in an internal network (`--internal`). */
	readonly internal?: (addresses: Uint8Array, offset: number) => boolean;
}

export interface ConversationOptions {
	/** The most pairs of hosts to remember; the oldest is dropped first. */
	readonly size: number;
	/** µs of flow time without a flow after which a pair is dropped. */
	readonly maxAge: number;
	/** The flows above the threshold that a pair needs, and their least share of the judged flows, 0 … 1. */
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

/** Thresholds for a model without its own: those of the original. */
export const ORIGINAL_THRESHOLDS = { ml: 0.99, dst: 0.03 } as const;

/** The bound of the original's unbounded cache under `compat`. */
export const COMPAT_CACHE_SIZE = 1_000_000;
