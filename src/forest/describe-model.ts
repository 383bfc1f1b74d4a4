import { LEAF, type Stage, treeCount } from "./ensemble.ts";
import { featureImportances } from "./importance.ts";
import { type Model, type ModelCard, minerClass } from "./model.ts";

/** All that is to be said of a model, as plain data: what `decrypto model inspect --format json` prints. */
export interface ModelDescription {
	readonly kind: "forest" | "boosted";
	readonly trees: number;
	readonly nodes: number;
	readonly leaves: number;
	/** Of the deepest and of the shallowest tree. */
	readonly depth: { readonly least: number; readonly most: number };
	/** Nodes of the smallest and of the largest tree. */
	readonly treeNodes: { readonly least: number; readonly most: number };
	/** Stages of the cascade: number of trees, and log-odds at or below which rows are rejected. */
	readonly stages: readonly Stage[];
	readonly classes: readonly string[];
	readonly minerClass: string;
	readonly thresholds: Model["thresholds"] | null;
	readonly reliability: number | null;
	/** In the order of a row. */
	readonly features: readonly FeatureDescription[];
	readonly card: ModelCard;
}

export interface FeatureDescription {
	readonly name: string;
	/** 0 … 1, all together 1. */
	readonly importance: number;
	/** Splits that ask for it, and how many different thresholds they compare with. */
	readonly splits: number;
	readonly differentThresholds: number;
	/** Smallest and largest threshold; null if no split compares the feature. */
	readonly lowest: number | null;
	readonly highest: number | null;
}

export function describeModel(model: Model): ModelDescription {
	const { ensemble, classes, thresholds, reliability, card } = model;
	const { roots, feature } = ensemble;
	const trees = treeCount(ensemble);
	const depths = Array.from({ length: trees }, (_, t) => depthOf(model, t));
	const sizes = Array.from({ length: trees }, (_, t) => roots[t + 1]! - roots[t]!);
	return {
		kind: ensemble.kind,
		trees,
		nodes: feature.length,
		leaves: (feature.length + trees) / 2,
		depth: rangeOf(depths),
		treeNodes: rangeOf(sizes),
		stages: ensemble.stages,
		classes,
		minerClass: classes[minerClass(classes)]!,
		thresholds: thresholds ?? null,
		reliability: reliability ?? null,
		features: describeFeatures(model),
		card,
	};
}

function describeFeatures({ ensemble, featureNames }: Model): FeatureDescription[] {
	const importances = featureImportances(ensemble);
	const thresholds = featureNames.map(() => new Set<number>());
	const splits = new Int32Array(featureNames.length);
	ensemble.feature.forEach((asked, i) => {
		if (asked === LEAF) return;
		splits[asked]! += 1;
		thresholds[asked]!.add(ensemble.threshold[i]!);
	});
	return featureNames.map((name, f) => {
		const range = rangeOf(thresholds[f]!);
		const none = thresholds[f]!.size === 0;
		return {
			name,
			importance: importances[f]!,
			splits: splits[f]!,
			differentThresholds: thresholds[f]!.size,
			lowest: none ? null : range.least,
			highest: none ? null : range.most,
		};
	});
}

function rangeOf(numbers: Iterable<number>): { least: number; most: number } {
	let least = Infinity;
	let most = -Infinity;
	for (const number of numbers) {
		least = Math.min(least, number);
		most = Math.max(most, number);
	}
	return { least, most };
}

/** Splits on the longest path. Children follow their parents, so one pass suffices. */
function depthOf({ ensemble }: Model, t: number): number {
	const { roots, feature, right } = ensemble;
	const root = roots[t]!;
	const depth = new Int32Array(roots[t + 1]! - root);
	let deepest = 0;
	for (let i = root; i < roots[t + 1]!; i++) {
		if (feature[i] === LEAF) continue;
		const below = depth[i - root]! + 1;
		depth[i + 1 - root] = below;
		depth[right[i]! - root] = below;
		deepest = Math.max(deepest, below);
	}
	return deepest;
}
