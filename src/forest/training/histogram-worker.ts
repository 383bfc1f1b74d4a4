import { workerData } from "node:worker_threads";
import { fillHistogram } from "./histogram.ts";
import { histogramAt } from "./histogram-pool.ts";
import { shareOf, type TeamMemory, WORD } from "./histogram-team.ts";

/** One member of a {@link HistogramTeam}: waits for a turn, fills its share of the features, says so. */
const { words, members, rows, histograms, member } = workerData as TeamMemory & { member: number };
const { features, offsets } = rows.matrix;
const listed = new Int32Array(features);

for (let turn = 0; ; ) {
	Atomics.wait(words, WORD.TURN, turn);
	const now = Atomics.load(words, WORD.TURN);
	if (now === turn) continue;
	turn = now;
	if (Atomics.load(words, WORD.QUIT) === 1) break;
	const count = words[WORD.LISTED]!;
	listed.set(words.subarray(WORD.FEATURES, WORD.FEATURES + count));
	const histogram = histogramAt(histograms, offsets[features]!, words[WORD.SLOT]!);
	const [first, last] = shareOf(count, member, members);
	fillHistogram(histogram, rows, words[WORD.BEGIN]!, words[WORD.END]!, listed, first, last);
	Atomics.add(words, WORD.DONE, 1);
	Atomics.notify(words, WORD.DONE);
}
