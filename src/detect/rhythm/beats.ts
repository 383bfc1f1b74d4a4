import type { PacketTrain } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";
import { ABSENT, Sample } from "./sample.ts";

/** Waits within this ratio, or this many seconds, are one beat: a timer is late now and then, and a path delays. */
const SAME_BEAT_RATIO = 1.08;
const SAME_BEAT_SECONDS = 0.08;
const WRITTEN_PER_END = 3;

const waits = [new Sample(), new Sample()] as const;

/**
 * Whether an end's waits keep a beat, chance, or both. A pool sends work when its node has a new block, by chance, and by
 * a timer in between: many waits are alike and the others are of all lengths. A feed keeps its beat or has none; a share
 * is found by chance. Waits are those between the bursts that the end opens, whatever it says in them.
 */
export const BEATS: RhythmPart = {
	features: { ...featuresOfEnd("PUSH", "the server"), ...featuresOfEnd("CALL", "the client") },
	compute(train, out, at) {
		collectWaits(train);
		writeBeat(waits[1], out, at);
		writeBeat(waits[0], out, at + WRITTEN_PER_END);
	},
};

function featuresOfEnd(end: string, who: string): Record<string, string> {
	return {
		[`${end}_BEAT_SHARE`]: `share of the waits between bursts that ${who} opens that are alike: 1 for a timer, little for chance`,
		[`${end}_BEAT_SECONDS`]: "the longest of those alike, in seconds",
		[`${end}_BEAT_LONGER`]: "share of the waits that are longer: none where every message sets the timer anew",
	};
}

/** By end, 1 for the server: seconds between the beginnings of the bursts that it opens after the start-up. */
function collectWaits({ bursts, burstBegin, firstSteadyBurst, fromServer, time }: PacketTrain): void {
	let lastOfClient = -1;
	let lastOfServer = -1;
	const [calls, pushes] = waits;
	calls.count = pushes.count = 0;
	for (let b = firstSteadyBurst; b < bursts; b++) {
		const k = burstBegin[b]!;
		const now = time[k]!;
		if (fromServer[k] === 1) {
			if (lastOfServer >= 0) pushes.values[pushes.count++] = now - lastOfServer;
			lastOfServer = now;
		} else {
			if (lastOfClient >= 0) calls.values[calls.count++] = now - lastOfClient;
			lastOfClient = now;
		}
	}
	calls.sort();
	pushes.sort();
}

/** The fullest window of waits that are alike, by a sliding window over the sorted waits; at least two waits. */
function writeBeat({ values, count }: Sample, out: Float64Array, at: number): void {
	let begin = 0;
	let fullest = 0;
	let fullestEnd = 0;
	for (let end = 0; end < count; end++) {
		const longest = values[end]!;
		while (longest > values[begin]! * SAME_BEAT_RATIO && longest > values[begin]! + SAME_BEAT_SECONDS) begin++;
		if (end + 1 - begin >= fullest) {
			fullest = end + 1 - begin;
			fullestEnd = end;
		}
	}
	out[at] = count > 1 ? fullest / count : ABSENT;
	out[at + 1] = count > 1 ? values[fullestEnd]! : ABSENT;
	out[at + 2] = count > 1 ? (count - 1 - fullestEnd) / count : ABSENT;
}
