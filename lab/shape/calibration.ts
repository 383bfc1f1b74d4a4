import { fitCombination, type UnseenScore } from "../../src/evaluate/fit-combination.ts";
import { clopperPearson } from "../../src/evaluate/interval.ts";
import type { CardFigure } from "../../src/forest/model.ts";
import type { Examples } from "./examples.ts";
import { foldOf, type LeftOut } from "./leave-one-out.ts";

export interface Calibration {
	readonly thresholds: { readonly ml: number; readonly dst: number };
	readonly reliability: number;
	readonly figures: readonly CardFigure[];
}

/** How far above the highest unseen ordinary flow the threshold stands, in log-odds: networks to come have flows of their own. */
const MARGIN = 0.25;
/** The threshold that follows from what models said of ordinary flows they had not seen: above all of them, by a margin. */
export function thresholdAbove(scores: readonly number[]): number {
	return probability(logOdds(scores.reduce((most, score) => Math.max(most, score), 0)) + MARGIN);
}

/** Thresholds and reliability from what models said of real ordinary flows of sources they had not seen. */
export function calibrate(examples: Examples, unseen: LeftOut): Calibration {
	const scores: UnseenScore[] = [];
	unseen.others.forEach((row, i) => {
		const example = examples.all[row]!;
		if (example.origin === "real")
			scores.push({ probability: unseen.otherScores[i]!, isMiner: false, fold: foldOf(example) });
	});
	const ml = round(thresholdAbove(scores.map(({ probability }) => probability)));
	const { reliability, dst } = fitCombination(scores);
	const above = scores.filter(({ probability }) => probability > ml).length;
	return {
		thresholds: { ml, dst },
		reliability,
		figures: [
			{
				measure: "false-positive rate",
				value: above / scores.length,
				...clopperPearson(above, scores.length),
				on: `${scores.length} real ordinary flows, each judged by a model that had not seen its source; the threshold was chosen on them`,
			},
		],
	};
}

export function logOdds(probability: number): number {
	return Math.log(probability / (1 - probability));
}

function probability(logOdds: number): number {
	return 1 / (1 + Math.exp(-logOdds));
}

function round(value: number): number {
	return Math.round(value * 1e4) / 1e4;
}
