import { featureImportances } from "../../src/forest/importance.ts";
import { judgeRows } from "../../src/forest/training/cross-validate.ts";
import { trainBoosted } from "../../src/forest/training/train-boosted.ts";
import { drawsOf, type Examples, isPartOf } from "./examples.ts";

export interface RealityCheck {
	/** Probability that a simulated flow is distinguished from a real one in a pair: 0.5 means perfect simulation. */
	readonly area: number;
	/** The features that distinguish them, with their share of the gain: the next improvements. */
	readonly telling: readonly { readonly name: string; readonly share: number }[];
}

const TELLING = 10;

/**
 * Learns to distinguish simulated flows, of one draw, from real flows of one class on one half of the connections, and
 * is evaluated on the other.
 */
export async function realityCheck(
	examples: Examples,
	isMiner: boolean,
	featureNames: readonly string[],
): Promise<RealityCheck> {
	const [draw] = drawsOf(examples.all);
	const rows = examples.where(
		(example) =>
			example.isMiner === isMiner &&
			(example.origin === "real" || example.origin === "simulated") &&
			isPartOf(example, draw!),
	);
	const isSimulated = Uint8Array.from(rows, (row) => (examples.all[row]!.origin === "simulated" ? 1 : 0));
	const total = [0, 0];
	for (const label of isSimulated) total[label]!++;
	const weights = Float64Array.from(isSimulated, (label) => rows.length / 2 / total[label]!);
	const matrix = { ...examples.matrix(rows, featureNames, weights), labels: isSimulated };
	const isJudged = (i: number) => matrix.groups[i]! % 2 === 1;
	const learnt = { ...matrix, weights: weights.map((weight, i) => (isJudged(i) ? 0 : weight)) };
	const ensemble = await trainBoosted(learnt, { rounds: 40, featureShare: 0.5, maxLeaves: 16 });
	const judged = Uint32Array.from(rows.keys()).filter(isJudged);
	const scores = new Float64Array(rows.length);
	judgeRows(ensemble, matrix, judged, scores);
	const shares = featureImportances(ensemble);
	const telling = featureNames
		.map((name, f) => ({ name, share: shares[f]! }))
		.sort((a, b) => b.share - a.share)
		.slice(0, TELLING);
	return { area: areaUnderCurve(scores, isSimulated, judged), telling };
}

/** By ranks (Mann and Whitney); ties count half. */
function areaUnderCurve(scores: Float64Array, labels: Uint8Array, judged: Uint32Array): number {
	const order = Array.from(judged).sort((a, b) => scores[a]! - scores[b]!);
	let ranks = 0;
	let positives = 0;
	for (let begin = 0; begin < order.length; ) {
		let end = begin;
		while (end < order.length && scores[order[end]!] === scores[order[begin]!]) end++;
		for (let k = begin; k < end; k++) {
			if (labels[order[k]!] !== 1) continue;
			ranks += (begin + end + 1) / 2;
			positives++;
		}
		begin = end;
	}
	const negatives = order.length - positives;
	return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
