import { DeCryptoError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FeatureGroup } from "./feature-group.ts";
import { ORIGINAL_FEATURES } from "./original-features.ts";
import { RHYTHM_FEATURES } from "./rhythm-features.ts";

/**
 * The registry of features by name. A model names the features it was trained on; training and detection compute them
 * here and nowhere else. Features come in groups that share one pass over a flow ({@link FeatureGroup}): a group computes
 * all of its features, and the plan picks those that the model uses. To add features, write a group and list it here.
 */
const GROUPS: readonly FeatureGroup[] = [ORIGINAL_FEATURES, RHYTHM_FEATURES];

/** The computation for a model: made once by {@link featurePlan}, one per thread (it owns scratch space). */
export interface FeaturePlan {
	/** The features in the order of the model's row. */
	readonly names: readonly string[];
	readonly steps: readonly FeatureStep[];
}

/** One group's part of a row. */
interface FeatureStep {
	readonly group: FeatureGroup;
	/**
	 * Position in the row at which the group may write directly, because all its features are adjacent and in order; -1
	 * if it may not.
	 */
	readonly directAt: number;
	readonly scratch: Float64Array;
	/** Feature `from[k]` of the group goes to column `to[k]` of the row. */
	readonly from: Uint16Array;
	readonly to: Uint16Array;
}

/** All features: name → meaning and reason. */
export function knownFeatures(): ReadonlyMap<string, string> {
	return new Map(GROUPS.flatMap((group) => Object.entries(group.features)));
}

/** The computation of the named features, in that order. Throws (code `features`) if a name is unknown or repeated. */
export function featurePlan(names: readonly string[]): FeaturePlan {
	const known = knownFeatures();
	const unknown = names.filter((name) => !known.has(name));
	if (unknown.length > 0) {
		throw new DeCryptoError("features", `unknown feature ${unknown.join(", ")}`, { unknown });
	}
	const twice = names.find((name, column) => names.indexOf(name) !== column);
	if (twice !== undefined) throw new DeCryptoError("features", `feature ${twice} is named twice`, { twice });
	return { names, steps: GROUPS.map((group) => stepOf(group, names)).filter((step) => step.from.length > 0) };
}

/**
 * Writes the planned features of flow i to `out[offset … offset + plan.names.length)`.
 * Only for flows that `shapeObstacle` lets pass. Allocates nothing.
 */
export function computeFeatures(
	flows: FlowColumns,
	i: number,
	plan: FeaturePlan,
	out: Float64Array,
	offset: number,
): void {
	const { steps } = plan;
	for (let s = 0; s < steps.length; s++) {
		const { group, directAt, scratch, from, to } = steps[s]!;
		if (directAt >= 0) {
			group.compute(flows, i, out, offset + directAt);
			continue;
		}
		group.compute(flows, i, scratch, 0);
		for (let k = 0; k < from.length; k++) out[offset + to[k]!] = scratch[from[k]!]!;
	}
}

function stepOf(group: FeatureGroup, names: readonly string[]): FeatureStep {
	const own = Object.keys(group.features);
	const asked = own.filter((name) => names.includes(name));
	const to = asked.map((name) => names.indexOf(name));
	const isDirect = asked.length === own.length && to.every((column, k) => column === to[0]! + k);
	return {
		group,
		directAt: isDirect ? to[0]! : -1,
		scratch: new Float64Array(own.length),
		from: Uint16Array.from(asked, (name) => own.indexOf(name)),
		to: Uint16Array.from(to),
	};
}
