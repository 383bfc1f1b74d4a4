import { REASON, REASON_NAMES, type Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";

/** Numbers of flows by label and verdict. Positive means: a miner. */
export interface Confusion {
	truePositives: number;
	falsePositives: number;
	falseNegatives: number;
	trueNegatives: number;
}

/** Figures derived from a {@link Confusion}; NaN if the divisor is 0. All 0 … 1. */
export interface Quality {
	/** (TP + TN) / all. */
	readonly accuracy: number;
	/** TP / (TP + FP). */
	readonly precision: number;
	/** TP / (TP + FN), the true-positive rate. */
	readonly recall: number;
	/** Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). */
	readonly f1: number;
	/** FP / (FP + TN). */
	readonly falsePositiveRate: number;
}

export function createConfusion(): Confusion {
	return { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
}

export function countDecision(confusion: Confusion, isMiner: boolean, saidMiner: boolean): void {
	if (isMiner && saidMiner) confusion.truePositives++;
	else if (isMiner) confusion.falseNegatives++;
	else if (saidMiner) confusion.falsePositives++;
	else confusion.trueNegatives++;
}

export function totalOf(confusion: Confusion): number {
	return confusion.truePositives + confusion.falsePositives + confusion.falseNegatives + confusion.trueNegatives;
}

export function sumOf(confusions: readonly Confusion[]): Confusion {
	const sum = createConfusion();
	for (const one of confusions) {
		sum.truePositives += one.truePositives;
		sum.falsePositives += one.falsePositives;
		sum.falseNegatives += one.falseNegatives;
		sum.trueNegatives += one.trueNegatives;
	}
	return sum;
}

export function qualityOf(confusion: Confusion): Quality {
	const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
	return {
		accuracy: (truePositives + trueNegatives) / totalOf(confusion),
		precision: truePositives / (truePositives + falsePositives),
		recall: truePositives / (truePositives + falseNegatives),
		f1: (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
		falsePositiveRate: falsePositives / (falsePositives + trueNegatives),
	};
}

/** Counts of verify mode (`-v`): a confusion for each signal that decides. */
export interface VerifyCounts {
	/** By `REASON`: the signal that decided the flow either way; at `NONE` the flows that no signal could judge. */
	readonly paths: readonly Confusion[];
	/** Judged flows whose label is missing or neither `Miner` nor `Other`. */
	unlabelled: number;
}

export function createVerifyCounts(): VerifyCounts {
	return { paths: REASON_NAMES.map(createConfusion), unlabelled: 0 };
}

/** Counts flows `begin … end` of a decided batch. Flows excluded from judgement are not counted, as in the original. */
export function countVerdicts(
	counts: VerifyCounts,
	flows: FlowColumns,
	verdicts: Verdicts,
	begin = 0,
	end = verdicts.length,
): void {
	const { label } = flows.extras;
	for (let i = begin; i < end; i++) {
		if (verdicts.skipped[i] === 1) continue;
		const isMiner = label && hasLabel(label, i, MINER);
		if (label === undefined || !(isMiner || hasLabel(label, i, OTHER))) counts.unlabelled++;
		else countDecision(counts.paths[verdicts.decidedBy[i]!]!, isMiner === true, verdicts.reasons[i] !== REASON.NONE);
	}
}

export const MINER = new TextEncoder().encode("Miner");
export const OTHER = new TextEncoder().encode("Other");

/** Whether flow i's label is this one. */
export function hasLabel({ values, offsets }: ListColumn<Uint8Array>, i: number, label: Uint8Array): boolean {
	const begin = offsets[i]!;
	if (offsets[i + 1]! - begin !== label.length) return false;
	for (let k = 0; k < label.length; k++) if (values[begin + k] !== label[k]) return false;
	return true;
}
