import type { FlowColumns } from "../flow/flow-columns.ts";

/**
 * Features that share one pass over a flow's packet lists. A new kind of feature is a file of its own that exports such
 * a group, and one more entry in the registry of `features.ts`; nothing else changes.
 */
export interface FeatureGroup {
	/** Name → what it says and why it tells, in the order in which {@link compute} writes the values. */
	readonly features: Readonly<Record<string, string>>;
	/**
	 * Writes all features of flow i to `out[at …]`, finite numbers only. Called only for flows that `shapeObstacle` lets pass:
	 * at least two packets in lists of equal length, directions 1 and -1. Hot path: it allocates nothing
	 * (what it needs to remember during the pass stands in typed arrays of its module).
	 */
	compute(flows: FlowColumns, i: number, out: Float64Array, at: number): void;
}
