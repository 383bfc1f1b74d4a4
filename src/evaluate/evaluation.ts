import { detect } from "../detect/detect.ts";
import { createDetectMemory, type DetectMemory, type Detector } from "../detect/detector.ts";
import { REASON, VerdictColumns, type Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { type BudgetedThreshold, thresholdForBudget } from "./budget.ts";
import { type Calibration, calibrationOf } from "./calibration.ts";
import { countVerdicts, createVerifyCounts, hasLabel, MINER, OTHER, type VerifyCounts } from "./confusion.ts";
import { type Curve, curveOf } from "./curves.ts";
import { FlowScores } from "./flow-scores.ts";
import { groupValue } from "./group-value.ts";
import { ScoredFlows } from "./scored-flows.ts";

/** The results of one model on the given flows. */
export interface EvaluationResult {
	/** The model as the user named it. */
	readonly name: string;
	readonly thresholds: { readonly ml: number; readonly dst: number };
	/** Names of the features that the model uses. */
	readonly features: readonly string[];
	readonly counts: VerifyCounts;
	/** Counts per value of the requested column, most flows first. */
	readonly groups: readonly { readonly value: string; readonly counts: VerifyCounts }[];
	/** All signals together, as `-t` goes from 1 to 0. */
	readonly whole: Curve;
	/** The forest's probability alone, on the flows that it can judge. */
	readonly shape: Curve;
	readonly budget: BudgetedThreshold;
	readonly calibration: Calibration;
}

/** A flow with a wrong verdict. */
export interface WrongVerdict {
	/** Position in the batch. */
	readonly flow: number;
	readonly kind: "missed" | "false alarm";
	readonly reason: number;
	/** The forest's probability; NaN if it could not judge. */
	readonly probability: number;
}

/** The most values of a column with separate counts; flows with other values are counted together. */
const MAX_GROUPS = 200;
export const OTHER_VALUES = "(other values)";

/** Evaluates one model on labelled flows: takes batches, returns figures. */
export class Evaluation {
	readonly #name: string;
	readonly #detector: Detector;
	readonly #column: string | undefined;
	readonly #memory: DetectMemory;
	readonly #verdicts: VerdictColumns;
	readonly #scores: FlowScores;
	readonly #counts = createVerifyCounts();
	readonly #groups = new Map<string, VerifyCounts>();
	readonly #whole = new ScoredFlows();
	readonly #shape = new ScoredFlows();

	/** `column`: the column to count by, in the syntax of `groupValue`. */
	constructor(name: string, detector: Detector, column?: string) {
		this.#name = name;
		this.#detector = detector;
		this.#column = column;
		this.#memory = createDetectMemory(detector.options);
		this.#verdicts = new VerdictColumns(detector.options);
		this.#scores = new FlowScores(detector);
	}

	/** Judges a batch; returns the verdicts that were wrong. */
	take(flows: FlowColumns): WrongVerdict[] {
		const verdicts = detect(flows, this.#detector, this.#memory, this.#verdicts);
		countVerdicts(this.#counts, flows, verdicts);
		this.#scores.compute(flows, verdicts);
		const { label } = flows.extras;
		const wrong: WrongVerdict[] = [];
		for (let i = 0; label && i < flows.length; i++) {
			const isMiner = hasLabel(label, i, MINER);
			if (verdicts.skipped[i] === 1 || !(isMiner || hasLabel(label, i, OTHER))) continue;
			const probability = this.#scores.shape[i]!;
			this.#whole.add(this.#scores.whole[i]!, isMiner);
			if (!Number.isNaN(probability)) this.#shape.add(probability, isMiner);
			const saidMiner = verdicts.reasons[i] !== REASON.NONE;
			if (saidMiner !== isMiner) {
				wrong.push({ flow: i, kind: isMiner ? "missed" : "false alarm", reason: verdicts.decidedBy[i]!, probability });
			}
		}
		if (this.#column !== undefined) this.#countGroups(flows, verdicts, this.#column);
		return wrong;
	}

	/** The results; `budget` is the share of ordinary flows that may be called miners. */
	result(budget: number): EvaluationResult {
		const whole = curveOf(this.#whole);
		const groups = [...this.#groups].map(([value, counts]) => ({ value, counts, flows: flowsIn(counts) }));
		return {
			name: this.#name,
			thresholds: this.#detector.thresholds,
			features: this.#detector.model.featureNames,
			counts: this.#counts,
			groups: groups.sort((a, b) => b.flows - a.flows).map(({ value, counts }) => ({ value, counts })),
			whole,
			shape: curveOf(this.#shape),
			budget: thresholdForBudget(whole, budget),
			calibration: calibrationOf(this.#shape),
		};
	}

	#countGroups(flows: FlowColumns, verdicts: Verdicts, column: string): void {
		const valueAt = groupValue(flows, column);
		for (let i = 0; i < flows.length; i++) {
			let value = valueAt(i);
			if (!this.#groups.has(value)) {
				if (this.#groups.size >= MAX_GROUPS) value = OTHER_VALUES;
				if (!this.#groups.has(value)) this.#groups.set(value, createVerifyCounts());
			}
			countVerdicts(this.#groups.get(value)!, flows, verdicts, i, i + 1);
		}
	}
}

function flowsIn(counts: VerifyCounts): number {
	let flows = counts.unlabelled;
	for (const path of counts.paths) {
		flows += path.truePositives + path.falsePositives + path.falseNegatives + path.trueNegatives;
	}
	return flows;
}
