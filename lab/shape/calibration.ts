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
/** What a server name weighs that holds one telling word and no other (`-d`). */
const NAME_MASS = 0.5;
/** Share of ordinary flows that may be as near to mining as it takes for such a name to turn the scales. */
const NAMED_SHARE = 0.01;

/** The threshold that follows from what models said of ordinary flows they had not seen: above all of them, by a margin. */
export function thresholdAbove(scores: readonly number[]): number {
	return probability(logOdds(scores.reduce((most, score) => Math.max(most, score), 0)) + MARGIN);
}

/**
 * Thresholds and reliability from what models said of real ordinary flows of sources they had not seen. `reliability`:
 * the share of them, every fold counted alike, on which the probability is on the right side of one half. `dst`: the
 * combined probability of a flow that is nearer to mining than 99 % of them and whose server name holds one telling word.
 */
export function calibrate(examples: Examples, unseen: LeftOut): Calibration {
	const scores: number[] = [];
	const folds = new Map<number, number[]>();
	unseen.others.forEach((row, i) => {
		const example = examples.all[row]!;
		if (example.origin !== "real") return;
		const fold = foldOf(example);
		const ofFold = folds.get(fold) ?? [];
		folds.set(fold, ofFold);
		ofFold.push(unseen.otherScores[i]!);
		scores.push(unseen.otherScores[i]!);
	});
	const ml = round(thresholdAbove(scores));
	const right = [...folds.values()].map((ofFold) => ofFold.filter((score) => score < 0.5).length / ofFold.length);
	const reliability = round(right.reduce((sum, share) => sum + share, 0) / right.length);
	scores.sort((a, b) => b - a);
	const near = scores[Math.floor(scores.length * NAMED_SHARE)]!;
	const above = scores.filter((score) => score > ml).length;
	return {
		thresholds: { ml, dst: round(combined(near, reliability, NAME_MASS)) },
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

/** Pignistic probability of Dempster's combination: the shape's mass discounted by `reliability`, the name's mass `name` for mining. */
function combined(shape: number, reliability: number, name: number): number {
	const conflict = reliability * (1 - shape) * name;
	const miner = reliability * shape + (1 - reliability) * name;
	const open = (1 - reliability) * (1 - name);
	return (miner + open / 2) / (1 - conflict);
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
