import { DeCryptoError } from "../bytes/error.ts";
import { type Model, minerClass } from "../forest/model.ts";
import { createPredictor, type Predictor } from "../forest/predictor.ts";
import { OriginalCache } from "./compat/original-cache.ts";
import { Conversations } from "./conversations.ts";
import { discounted, massOfProbability, pignistic } from "./dempster-shafer.ts";
import { createDetectCounters, type DetectCounters } from "./detect-counters.ts";
import { DstCache } from "./dst-cache.ts";
import type { EndpointEvidence } from "./endpoint.ts";
import { type FeaturePlan, featurePlan } from "./features.ts";
import { COMPAT_CACHE_SIZE, type DetectOptions, ORIGINAL_THRESHOLDS } from "./options.ts";
import { ORIGINAL_FEATURES } from "./original-features.ts";
import { BLOCK_LENGTH, ShapeRows } from "./shape-rows.ts";
import { VerdictColumns } from "./verdicts.ts";

/** A model made ready to decide with, and how. One per thread: it owns scratch space. */
export interface Detector {
	readonly model: Model;
	readonly options: DetectOptions;
	/** The thresholds that hold: the caller's, else the model's, else the original's. */
	readonly thresholds: { readonly ml: number; readonly dst: number };
	/** 0 … 1: the model's, by which the forest's mass is discounted. */
	readonly reliability: number;
	/**
	 * What `-t` means where the forest is combined with others: the pignistic probability that its discounted mass alone
	 * has at that threshold, r·t + (1 − r)/2.
	 */
	readonly mlScore: number;
	readonly plan: FeaturePlan;
	readonly predictor: Predictor;
	/** Rows of flows that need the forest's decision alone, and of those whose whole probability goes on into something. */
	readonly rows: ShapeRows;
	readonly exactRows: ShapeRows;
	/** What names and addresses say of the flows of the block at hand. */
	readonly endpoints: (EndpointEvidence | undefined)[];
}

/** What must live between batches, all of it bounded; and the verdict columns, which the next batch overwrites. */
export interface DetectState {
	readonly counters: DetectCounters;
	readonly verdicts: VerdictColumns;
	readonly cache?: DstCache;
	readonly originalCache?: OriginalCache;
	readonly conversations?: Conversations;
}

/**
 * Prepares a model. Throws (code `features`) where the model asks for features that nobody knows, (code `model`) where it
 * does not tell miners from others or, under `compat`, is not one of the original's 12 features.
 */
export function createDetector(model: Model, options: DetectOptions): Detector {
	if (minerClass(model.classes) < 0) {
		const classes = model.classes.join(", ");
		throw new DeCryptoError("model", `the model's classes are ${classes}: none of two says miner`, { classes });
	}
	if (options.compat !== undefined) checkOriginalFeatures(model.featureNames);
	const fallback = options.compat === undefined ? (model.thresholds ?? ORIGINAL_THRESHOLDS) : ORIGINAL_THRESHOLDS;
	const thresholds = { ml: options.mlThreshold ?? fallback.ml, dst: options.dstThreshold ?? fallback.dst };
	const reliability = model.reliability ?? 1;
	return {
		model,
		options,
		thresholds,
		reliability,
		mlScore: pignistic(discounted(massOfProbability(thresholds.ml), reliability)),
		plan: featurePlan(model.featureNames),
		predictor: createPredictor(model),
		rows: new ShapeRows(model.featureNames.length),
		exactRows: new ShapeRows(model.featureNames.length),
		endpoints: new Array(BLOCK_LENGTH).fill(undefined),
	};
}

/** What a run of the detector begins with. */
export function createDetectState(options: DetectOptions): DetectState {
	const isCompat = options.compat !== undefined;
	const { conversations } = options;
	return {
		counters: createDetectCounters(),
		verdicts: new VerdictColumns(!isCompat && conversations !== undefined),
		...(options.cache && !isCompat && { cache: new DstCache(options.cacheSize, options.cacheMaxAge) }),
		...(options.cache && isCompat && { originalCache: new OriginalCache(COMPAT_CACHE_SIZE) }),
		...(!isCompat && conversations && { conversations: new Conversations(conversations) }),
	};
}

function checkOriginalFeatures(names: readonly string[]): void {
	const original = Object.keys(ORIGINAL_FEATURES.features);
	if (names.length === original.length && names.every((name, k) => name === original[k])) return;
	throw new DeCryptoError("model", `compat needs a model of the original's features ${original.join(", ")}`, { names });
}
