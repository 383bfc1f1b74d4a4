import type { EvaluationResult } from "./evaluation.ts";
import { type VerifyFigures, verifyFigures } from "./verify-report.ts";

/** The form of an evaluation in `--format json`: the content of the page without the points of the curves. */
export interface EvaluationFigures {
	readonly model: string;
	readonly thresholds: { readonly ml: number; readonly dst: number };
	readonly verdicts: VerifyFigures;
	readonly groups: readonly ({ readonly value: string } & VerifyFigures)[];
	readonly whole: CurveFigures;
	readonly shape: CurveFigures;
	readonly budget: EvaluationResult["budget"];
	readonly calibration: EvaluationResult["calibration"];
}

interface CurveFigures {
	readonly miners: number;
	readonly others: number;
	readonly area: number | null;
	readonly average_precision: number | null;
}

export function evaluationFigures(result: EvaluationResult): EvaluationFigures {
	const { name, thresholds, counts, groups, whole, shape, budget, calibration } = result;
	const known = (value: number) => (Number.isNaN(value) ? null : value);
	const figures = ({ miners, others, area, averagePrecision }: EvaluationResult["whole"]): CurveFigures => ({
		miners,
		others,
		area: known(area),
		average_precision: known(averagePrecision),
	});
	return {
		model: name,
		thresholds,
		verdicts: verifyFigures(counts),
		groups: groups.map(({ value, counts }) => ({ value, ...verifyFigures(counts) })),
		whole: figures(whole),
		shape: figures(shape),
		budget,
		calibration,
	};
}
