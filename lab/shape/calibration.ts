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
/** Server names that hold a word of mining without meaning it; what such a name weighs (`-d`). */
const NAME_MASS = 0.5;
/** Ordinary flows that may be as near to mining as one needs to be when its name speaks against it. */
const NAMED_SHARE = 0.01;

/**
 * Thresholds and reliability from what models said of ordinary flows of sources they had not seen. `ml`: above all of
 * them, by a margin. `reliability`: the share of unseen ordinary flows, every source counted alike, on which the
 * probability is on the right side of one half. `dst`: the combined probability of a flow that is nearer to mining than
 * 99 % of unseen ordinary flows and whose server name is as telling as its least telling word.
 */
export function chooseThresholds(examples: Examples, unseen: LeftOut): Calibration {
	const scores: number[] = [];
	const bySource = new Map<string, { right: number; all: number }>();
	unseen.others.forEach((row, i) => {
		const example = examples.all[row]!;
		if (example.origin !== "real") return;
		const score = unseen.otherScores[i]!;
		scores.push(score);
		const fold = `${foldOf(example)}`;
		const count = bySource.get(fold) ?? { right: 0, all: 0 };
		bySource.set(fold, { right: count.right + (score < 0.5 ? 1 : 0), all: count.all + 1 });
	});
	scores.sort((a, b) => b - a);
	const ml = round(probability(logOdds(scores[0]!) + MARGIN));
	const shares = [...bySource.values()].map(({ right, all }) => right / all);
	const reliability = round(shares.reduce((sum, share) => sum + share, 0) / shares.length);
	const near = scores[Math.floor(scores.length * NAMED_SHARE)]!;
	const dst = round(combined(near, reliability, NAME_MASS));
	return {
		thresholds: { ml, dst },
		reliability,
		figures: [
			{
				measure: "false-positive rate",
				value: 0,
				low: 0,
				// The upper bound that no hit in n tries leaves (Clopper and Pearson 1934).
				high: 1 - 0.025 ** (1 / scores.length),
				on: `${scores.length} ordinary real flows, each judged by a model that had not seen its source; the threshold was chosen on them`,
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

function logOdds(probability: number): number {
	return Math.log(probability / (1 - probability));
}

function probability(logOdds: number): number {
	return 1 / (1 + Math.exp(-logOdds));
}

function round(value: number): number {
	return Math.round(value * 1e4) / 1e4;
}
