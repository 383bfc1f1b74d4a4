import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Model } from "../forest/model.ts";
import type { Predictor } from "../forest/predictor.ts";
import type { OriginalCache } from "./compat/original-cache.ts";
import type { Conversations } from "./conversations.ts";
import type { DetectCounters } from "./detect-counters.ts";
import type { DstCache } from "./dst-cache.ts";
import type { EndpointEvidence } from "./endpoint.ts";
import type { Explanation } from "./explanation.ts";
import type { FeaturePlan } from "./features.ts";
import type { DetectOptions } from "./options.ts";
import type { ShapeRows } from "./shape-rows.ts";
import type { VerdictColumns, Verdicts } from "./verdicts.ts";

/** The rules that flows are judged by: ours, or the original's. Chosen once, when the detector is made. */
export interface Judge {
	/** Decides flows `begin … end` of the batch, at most `BLOCK_LENGTH` of them. */
	judgeBlock(
		flows: FlowColumns,
		begin: number,
		end: number,
		detector: Detector,
		memory: DetectMemory,
		verdicts: VerdictColumns,
	): void;
	/** Lists the miners of a decided batch in the order in which they are reported. */
	listMiners(verdicts: VerdictColumns): void;
	explain(flows: FlowColumns, i: number, verdicts: Verdicts, detector: Detector): Explanation;
	/** Thresholds for callers that give none. */
	defaultThresholds(model: Model): Thresholds;
	/** Throws (code `model`) if this judge cannot decide with the model. */
	checkModel(model: Model): void;
	createMemory(options: DetectOptions, counters: DetectCounters): DetectMemory;
}

export interface Thresholds {
	/** `-t`: on the forest's probability alone. */
	readonly ml: number;
	/** `-d`: on the pignistic probability of name and forest together. */
	readonly dst: number;
}

/** A model made ready to decide with, and how. One per thread: it owns scratch space. */
export interface Detector {
	readonly judge: Judge;
	readonly model: Model;
	readonly options: DetectOptions;
	/** The thresholds in force: the caller's, else the judge's own for this model. */
	readonly thresholds: Thresholds;
	/** 0 … 1: the model's, by which the forest's mass is discounted. */
	readonly reliability: number;
	/**
	 * What `-t` means where the forest is combined with others: the pignistic probability that its discounted mass alone
	 * has at that threshold, r·t + (1 − r)/2.
	 */
	readonly mlScore: number;
	readonly plan: FeaturePlan;
	readonly predictor: Predictor;
	/**
	 * The same trees without the stages of the cascade, for flows about which a name or a list says something. That a stage
	 * rejects a flow early shows only that its probability is low, not that it is 0: combined with other evidence, 0 would
	 * count as certainty against mining.
	 */
	readonly fullPredictor: Predictor;
	/** Rows of flows that need the forest's decision alone, and of those whose whole probability is combined. */
	readonly rows: ShapeRows;
	readonly exactRows: ShapeRows;
	/** The evidence of names and addresses for the flows of the current block. */
	readonly endpoints: (EndpointEvidence | undefined)[];
}

/** What lives between batches, all of it bounded. */
export interface DetectMemory {
	readonly counters: DetectCounters;
	readonly cache?: DstCache;
	readonly originalCache?: OriginalCache;
	readonly conversations?: Conversations;
}
