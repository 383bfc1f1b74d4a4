import type { Ensemble } from "./ensemble.ts";

/** A model that judges the shape of flows: trees, the features they use, and a card. */
export interface Model {
	/** Names of the features, in the order of a row. */
	readonly featureNames: readonly string[];
	/** Names of the two classes as the model was trained with them; the probability is that of {@link minerClass}. */
	readonly classes: readonly string[];
	/** Recommended thresholds: `ml` on the forest's probability alone (`-t`), `dst` on the combined one (`-d`). */
	readonly thresholds?: { readonly ml: number; readonly dst: number };
	/** 0 … 1: reliability of the forest, by which its mass is discounted (Shafer 1976); 1 if absent. */
	readonly reliability?: number;
	readonly ensemble: Ensemble;
	readonly card: ModelCard;
}

/** Origin and measured quality of a model. */
export interface ModelCard {
	readonly name: string;
	/** The program that made it: `decrypto train`, `scikit-learn 1.0.2 RandomForestClassifier`. */
	readonly origin: string;
	/** A paragraph for people. */
	readonly summary?: string;
	/** The learner's parameters, as given. */
	readonly parameters?: Readonly<Record<string, string | number | boolean | null>>;
	/** Training data. */
	readonly sources?: readonly CardSource[];
	/** Measured figures. */
	readonly quality?: readonly CardFigure[];
	/** Limits of use. */
	readonly notes?: readonly string[];
}

export interface CardSource {
	readonly name: string;
	readonly licence: string;
	readonly miners: number;
	readonly others: number;
	/** Share of this source in the training weight, 0 … 1. */
	readonly weight?: number;
	/**
	 * SHA-256 of the files it was read from, as hexadecimal digits: they are recognised when a model is evaluated on
	 * them.
	 */
	readonly sha256?: readonly string[];
}

export interface CardFigure {
	/** `recall`, `false-positive rate`, `area under the ROC curve` … */
	readonly measure: string;
	readonly value: number;
	/** Bounds of its 95 % confidence interval. */
	readonly low?: number;
	readonly high?: number;
	/** The flows of the measurement, and how they were kept out of training. */
	readonly on: string;
}

/** Which of two class names means mining, or -1: the original's models say `1`, readable ones `Miner`. */
export function minerClass(classes: readonly string[]): number {
	if (classes.length !== 2) return -1;
	const named = classes.findIndex((name) => name.toLowerCase() === "miner");
	return named >= 0 ? named : classes.indexOf("1");
}
