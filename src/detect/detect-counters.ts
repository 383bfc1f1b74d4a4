import { ORIGINAL_OBSTACLE_NAMES } from "./compat/original-arithmetic.ts";
import { SHAPE_OBSTACLE_NAMES } from "./shape-obstacle.ts";
import { REASON_NAMES } from "./verdicts.ts";

/** Counts of the detector's decisions, for the summary of a run. */
export interface DetectCounters {
	flows: number;
	/** Flows whose shape the forest could not judge, by `SHAPE_OBSTACLE`. */
	readonly shapeObstacles: Float64Array;
	/** Flows left out by `-f`. */
	filtered: number;
	/** Under `compat`: flows below the original's prefilter (8 packets each way, two packet flags). */
	prefiltered: number;
	/** Under `compat`: flows whose features the original cannot compute, by `ORIGINAL_OBSTACLE`. */
	readonly originalObstacles: Float64Array;
	/** Flows reported, by `REASON`. */
	readonly reported: Float64Array;
}

export function createDetectCounters(): DetectCounters {
	return {
		flows: 0,
		shapeObstacles: new Float64Array(SHAPE_OBSTACLE_NAMES.length),
		filtered: 0,
		prefiltered: 0,
		originalObstacles: new Float64Array(ORIGINAL_OBSTACLE_NAMES.length),
		reported: new Float64Array(REASON_NAMES.length),
	};
}

/** Flows that were judged without the forest because they had too few packets or invalid packet lists. */
export function notJudgedByShape(counters: DetectCounters): number {
	return sum(counters.shapeObstacles) + sum(counters.originalObstacles);
}

/** The obstacles in words with their counts; only those that occurred. */
export function shapeObstaclesByName(counters: DetectCounters): ReadonlyMap<string, number> {
	const named = (names: readonly string[], counts: Float64Array) =>
		names.map((name, k): [string, number] => [name, counts[k]!]).filter(([, count]) => count > 0);
	return new Map([
		...named(SHAPE_OBSTACLE_NAMES, counters.shapeObstacles),
		...named(ORIGINAL_OBSTACLE_NAMES, counters.originalObstacles),
	]);
}

function sum(counts: Float64Array): number {
	return counts.reduce((total, count) => total + count, 0);
}
