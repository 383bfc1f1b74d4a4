import { fitCombination, type UnseenScore } from "../../src/evaluate/fit-combination.ts";
import { clopperPearson } from "../../src/evaluate/interval.ts";
import type { CardFigure } from "../../src/forest/model.ts";
import type { Examples, Origin } from "./examples.ts";
import { foldOf, type Unseen } from "./leave-one-out.ts";

export interface Calibration {
	readonly thresholds: { readonly ml: number; readonly dst: number };
	readonly reliability: number;
	readonly figures: readonly CardFigure[];
}

/** Thresholds and reliability from predictions for ordinary flows of unseen sources. */
export function calibrate(examples: Examples, { scores }: Unseen): Calibration {
	const ofOrigin = (origin: Origin): UnseenScore[] =>
		[...examples.all.keys()]
			.filter((row) => !examples.all[row]!.isMiner && examples.all[row]!.origin === origin)
			.map((row) => ({ probability: scores[row]!, isMiner: false, fold: foldOf(examples.all[row]!) }));
	const real = ofOrigin("real");
	const service = ofOrigin("service");
	const probabilities = (of: readonly UnseenScore[]) => of.map(({ probability }) => probability);
	const ml = chooseThreshold(probabilities(real), probabilities(service));
	const { reliability, dst } = fitCombination(real);
	const figure = (of: readonly UnseenScore[], on: string): CardFigure => {
		const above = of.filter(({ probability }) => probability > ml).length;
		return {
			measure: "false-positive rate",
			value: above / of.length,
			...clopperPearson(above, of.length),
			on: `${of.length} ${on}, each judged by a model that had not seen its source; the threshold was chosen on them`,
		};
	};
	return {
		thresholds: { ml, dst },
		reliability,
		figures: [
			figure(real, "real ordinary flows"),
			...(service.length > 0 ? [figure(service, "flows of real services under scripted load")] : []),
		],
	};
}

/**
 * The shares of unseen ordinary flows that may be above the threshold: of real ones, and of services under scripted
 * load.
 */
const BUDGETS = { real: 1e-3, service: 0.05 };

/** The shipped threshold: the lowest that keeps both budgets. */
export function chooseThreshold(real: readonly number[], service: readonly number[]): number {
	return roundedUp(Math.max(highestKept(real, BUDGETS.real), highestKept(service, BUDGETS.service)));
}

/** The lowest threshold that at most as many scores exceed as the budget allows; 0 if every score may exceed it. */
function highestKept(scores: readonly number[], budget: number): number {
	return scores.toSorted((a, b) => b - a)[Math.floor(scores.length * budget)] ?? 0;
}

/** Rounded up to four digits: rounding down would let the score itself pass. */
function roundedUp(probability: number): number {
	return Math.ceil(probability * 1e4) / 1e4;
}
