import type { FlowColumns } from "../flow/flow-columns.ts";

/**
 * Features that share one pass over a flow's packet lists. To add features, write a file that exports a group and add
 * it to the registry in `features.ts`; nothing else changes.
 */
export interface FeatureGroup {
	/** Name → meaning and reason, in the order in which {@link compute} writes the values. */
	readonly features: Readonly<Record<string, string>>;
	/**
	 * Writes all features of flow i to `out[at …]`, finite numbers only. Called only for flows that `shapeObstacle` lets pass:
	 * at least two packets in lists of equal length, directions 1 and -1. Hot path: it allocates nothing
	 * (what it needs to remember during the pass stands in typed arrays of its module).
	 */
	compute(flows: FlowColumns, i: number, out: Float64Array, at: number): void;
}
