import { logBinomialTail } from "../../detect/block-times/binomial-tail.ts";
import {
	testBlockTimes,
	WINDOW_OF_BLOCKS,
	WINDOW_OF_PUSHES,
	windowFor,
} from "../../detect/block-times/block-time-test.ts";
import type { ClockKind } from "../../mining/block-clock/block-clock.ts";
import { blockInterval } from "../../mining/block-clock/block-interval.ts";
import { type ClockTable, isSameServer } from "./clock-table.ts";
import type { WatchedPair } from "./watched-pair.ts";

/** A true clock explains at least this share of its blocks by the pushes of a miner whose shares do not hide them all. */
const FEWEST_HITS = 0.25;
const WRONG_BELOW = Math.log(1e-3);
const RIGHT_BELOW = Math.log(1e-3);

type Verdict = "right" | "wrong" | "unknown";

/**
 * Judges the clocks of a confirmed miner's coin by that miner: a clock that does not explain it is wrong, and one that does
 * is right (again). A feed or a node is judged by any confirmed miner. Two miners that contradict each other do not tell
 * which of them is wrong; it is the one that no third clock explains.
 */
export function judgeClocks(table: ClockTable, miner: WatchedPair): void {
	const { coin } = miner;
	if (coin === undefined || miner.isWrongClock) return;
	let isExplained = false;
	for (const kind of ["blocks", "pushes"] as const) {
		for (const { source, times } of table.external.sourcesOf(coin, kind)) {
			const verdict = judged(miner, times, coin, kind);
			if (verdict !== "unknown") table.external.setWrong(coin, kind, source, verdict === "wrong");
			isExplained ||= verdict === "right";
		}
	}
	const others = table.minersOf(coin).filter((other) => other !== miner && !isSameServer(other, miner));
	const verdicts = others.map((other) => ({ other, verdict: judged(miner, other.clock, coin, "pushes") }));
	isExplained ||= verdicts.some(({ verdict }) => verdict === "right");
	for (const { other, verdict } of verdicts) {
		if (verdict === "right") other.isWrongClock = false;
		else if (verdict === "wrong" && isExplained) other.isWrongClock = true;
	}
}

/** Whether the times are those of the blocks that the miner was told of. */
function judged(miner: WatchedPair, times: readonly number[], coin: string, kind: ClockKind): Verdict {
	const window = windowFor(kind === "blocks" ? WINDOW_OF_BLOCKS : WINDOW_OF_PUSHES, blockInterval(coin));
	const { blocks, hits, coverage, logP } = testBlockTimes(miner.history, times, window);
	if (logP <= RIGHT_BELOW) return "right";
	// P(at most this many hits) at the lowest hit rate of a true clock, which must be above chance to tell the two apart.
	if (coverage >= FEWEST_HITS) return "unknown";
	return logBinomialTail(blocks - hits, blocks, 1 - FEWEST_HITS) <= WRONG_BELOW ? "wrong" : "unknown";
}
