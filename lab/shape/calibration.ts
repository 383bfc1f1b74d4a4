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

/**
 * The threshold for a budget of false positives on a network to come, from what was said of some networks' ordinary flows.
 * Networks differ by more than the flows of one do, so the threshold that keeps the budget of all of them together is too
 * low for the next. It is raised, in log-odds, by the root mean square of what each network would have needed more than
 * the others asked for.
 */
export function thresholdForNetworks(networks: readonly (readonly number[])[], budget: number): number {
	const needed = (scores: readonly number[]) => logOdds(highestKept(scores, budget));
	const squares = networks.map((own) => {
		const others = networks.filter((network) => network !== own).flat();
		return others.length === 0 ? 0 : Math.max(0, needed(own) - needed(others)) ** 2;
	});
	const margin = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / networks.length);
	return probability(needed(networks.flat()) + margin);
}

/** The lowest of the scores that no more of them than the budget exceed. */
function highestKept(scores: readonly number[], budget: number): number {
	return scores.toSorted((a, b) => b - a)[Math.floor(scores.length * budget)]!;
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
