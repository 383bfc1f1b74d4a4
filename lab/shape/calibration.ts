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

/** Shares of the unseen ordinary flows that may be above the threshold: of real ones, and of services under scripted load. */
const BUDGETS = { real: 1e-3, service: 0.05 };

/** The shipped threshold: the lowest that keeps both budgets. */
export function chooseThreshold(real: readonly number[], service: readonly number[]): number {
	return Math.max(
		highestKept(real, BUDGETS.real),
		service.length > 0 ? highestKept(service, BUDGETS.service) : 0,
	);
}

/** The lowest of the scores that no more of them than the budget exceed. */
function highestKept(scores: readonly number[], budget: number): number {
	return scores.toSorted((a, b) => b - a)[Math.floor(scores.length * budget)]!;
}

/** Thresholds and reliability from what models said of ordinary flows of sources they had not seen. */
export function calibrate(examples: Examples, { scores }: Unseen): Calibration {
	const ofOrigin = (origin: Origin): UnseenScore[] =>
		[...examples.all.keys()]
			.filter((row) => !examples.all[row]!.isMiner && examples.all[row]!.origin === origin)
			.map((row) => ({ probability: scores[row]!, isMiner: false, fold: foldOf(examples.all[row]!) }));
	const real = ofOrigin("real");
	const service = ofOrigin("service");
	const probabilities = (of: readonly UnseenScore[]) => of.map(({ probability }) => probability);
	const ml = round(chooseThreshold(probabilities(real), probabilities(service)));
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

export function logOdds(probability: number): number {
	return Math.log(probability / (1 - probability));
}

function probability(logOdds: number): number {
	return 1 / (1 + Math.exp(-logOdds));
}

function round(value: number): number {
	return Math.round(value * 1e4) / 1e4;
}
