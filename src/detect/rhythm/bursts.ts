import type { RhythmPart } from "./rhythm-part.ts";
import { Sample } from "./sample.ts";

const burstBytes = new Sample();

/**
 * Bursts after the start-up: the packets between two silences. Mining bursts are a job, or a share with its reply;
 * never a page or a file.
 */
export const BURSTS: RhythmPart = {
	features: {
		BURSTS: "bursts after the start-up",
		BURST_PACKETS_MEAN: "packets of a burst on average: one for a job, two for a share",
		BURST_PACKETS_MAX: "packets of the longest burst: downloads, pages and typing make long ones",
		BURST_BYTES_MEDIAN: "payload bytes of the middle burst",
		BURST_BYTES_MAX: "payload bytes of the largest burst",
		BURST_BYTES_VARIATION: "deviation of the bursts' bytes over their mean: few kinds of message, each of its length",
		PUSH_SHARE: "share of bursts that the server opens: a pool speaks up unasked, most servers never do",
		PUSH_UNANSWERED: "of those, the share in which the client stays silent: nobody acknowledges a job",
		CALL_UNANSWERED: "of the client's bursts, the share in which the server stays silent: pools answer every share",
	},
	compute(train, out, at) {
		const { opensBurst, fromServer, length, count, startup, bursts, firstSteadyBurst } = train;
		const { values } = burstBytes;
		let burst = -1;
		let bytes = 0;
		let packets = 0;
		let longest = 0;
		let pushes = 0;
		let answeredPushes = 0;
		let answeredCalls = 0;
		// Whether the current burst is the server's, and whether the other end has sent in it.
		let opener = 0;
		let isAnswered = 0;
		for (let k = startup; k < count; k++) {
			const opens = opensBurst[k]!;
			const goesOn = 1 - opens;
			const isReceived = fromServer[k]!;
			burst += opens;
			bytes = (bytes & -goesOn) + length[k]!;
			values[burst] = bytes;
			packets = (packets & -goesOn) + 1;
			longest = Math.max(longest, packets);
			opener = (opener & goesOn) | (isReceived & opens);
			pushes += opener & opens;
			const isAnswer = (isReceived ^ opener) & ~(isAnswered & goesOn);
			answeredPushes += isAnswer & opener;
			answeredCalls += isAnswer & ~opener;
			isAnswered = (isAnswered & goesOn) | isAnswer;
		}
		const steady = bursts - firstSteadyBurst;
		const calls = steady - pushes;
		burstBytes.count = steady;
		burstBytes.sort();
		out[at] = steady;
		out[at + 1] = steady > 0 ? (count - startup) / steady : -1;
		out[at + 2] = longest;
		out[at + 3] = burstBytes.median();
		out[at + 4] = burstBytes.largest();
		out[at + 5] = burstBytes.variation();
		out[at + 6] = steady > 0 ? pushes / steady : -1;
		out[at + 7] = pushes > 0 ? (pushes - answeredPushes) / pushes : -1;
		out[at + 8] = calls > 0 ? (calls - answeredCalls) / calls : -1;
	},
};
