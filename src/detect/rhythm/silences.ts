import { type PacketTrain, SILENCE_SECONDS } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";
import { ABSENT, Sample } from "./sample.ts";

const silences = new Sample();

/** Durations of silences: jobs and shares are random processes of seconds to minutes, unlike timers and people. */
export const SILENCES: RhythmPart = {
	features: {
		SILENCE_SHARE: "share of the gaps between packets, from the end of the start-up on, above half a second",
		SILENCE_MEDIAN: "median silence in seconds",
		SILENCE_MEAN: "mean silence in seconds",
		SILENCE_MAX: "longest silence in seconds",
		SILENCE_VARIATION: "deviation over mean",
		SILENCE_HIGH: "90th percentile over median: the heavy tail of human behaviour, or none",
		BACKOFF_SHARE:
			"share of packets that repeat the one before after twice its wait: TCP's retransmissions (RFC 6298), not jobs",
		LISTED_SECONDS: "seconds from the first listed packet to the last",
	},
	compute(train, out, at) {
		const { gap, count, startup } = train;
		const first = Math.max(1, startup);
		const { values } = silences;
		let heard = 0;
		for (let k = first; k < count; k++) {
			const seconds = gap[k]!;
			values[heard] = seconds;
			heard += +(seconds > SILENCE_SECONDS);
		}
		silences.count = heard;
		silences.sort();
		const median = silences.median();
		out[at] = count > first ? heard / (count - first) : ABSENT;
		out[at + 1] = median;
		out[at + 2] = silences.mean();
		out[at + 3] = silences.largest();
		out[at + 4] = silences.variation();
		out[at + 5] = heard > 0 ? silences.quantile(0.9) / median : ABSENT;
		out[at + 6] = backoffShare(train);
		out[at + 7] = count > 0 ? train.time[count - 1]! : 0;
	},
};

/** Packets as long as the one before, from the same end, whose gap is about double the gap before. */
function backoffShare(train: PacketTrain): number {
	const { gap, length, fromServer, count, startup } = train;
	let doubled = 0;
	for (let k = Math.max(2, startup); k < count; k++) {
		// Few packets repeat the one before: only these need a division.
		if (length[k] !== length[k - 1] || fromServer[k] !== fromServer[k - 1]) continue;
		const ratio = gap[k]! / gap[k - 1]!;
		doubled += +(ratio > 1.8) & +(ratio < 2.2);
	}
	return count > startup ? doubled / (count - startup) : ABSENT;
}
