import type { PacketTrain } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";
import { ABSENT, MAX_PACKETS } from "./sample.ts";

/** A segment of this length continues in the next one if that follows immediately: together they are one message. */
const FULL = 1200;
const AT_ONCE_SECONDS = 0.05;

const received = new Int32Array(MAX_PACKETS);

/**
 * Features of a session that ends before its first share: a login in short turns, in which the server sends last, and
 * then messages that it sends unasked, that are not acknowledged, and that are as long as one it sent at login.
 * Messages, not packets: a large job is two segments. One pass without sorting.
 */
export const JOBS: RhythmPart = {
	features: {
		JOBS: "messages after the start-up that the server sends after a silence, nothing being owed, and that stay unanswered",
		JOB_SHARE: "those over all bursts after the start-up",
		JOB_SOLVED:
			"of all messages it sends after a silence, nothing being owed, the share with an answer that is answered in turn: a share found at once; a feed's receipt is the last word",
		JOB_BYTES: "their mean length",
		JOB_SPREAD: "their range over that mean: one job is as long as the next, a feed's messages are not",
		JOB_GAP_VARIATION: "deviation over mean of the seconds between them: blocks come by chance, reminders by a timer",
		JOB_KNOWN:
			"distance of the mean from the nearest message the server sent in the start-up, over the mean: 0 for a first job",
		JOB_OVER_LOGIN: "mean job over the client's last message in the start-up",
		JOB_WAITED_FOR: "seconds from the start-up to the first of them",
		STARTUP_MESSAGES: "messages of the start-up, both ways",
		STARTUP_FIRST_SENT: "the client's first message: a ClientHello, a subscription, a request with headers",
		STARTUP_LARGEST_RECEIVED: "the longest message the server sends in it: certificates, a first job, a page",
		STARTUP_LAST_WORD: "1 where the server has the last word in it, 0 where the client has: log-ins end with an answer",
		STARTUP_TURN_SECONDS: "its seconds over its changes of direction: a round trip, where nobody thinks",
	},
	compute(train, out, at) {
		const { startup, bursts, burstBegin, firstSteadyBurst, fromServer, length, time } = train;
		let messages = 0;
		let answers = 0;
		let firstSent = 0;
		let lastSent = 0;
		let largest = 0;
		let turns = 0;
		for (let k = 0; k < startup; messages++) {
			const isReceived = fromServer[k]!;
			if (k > 0) turns += isReceived ^ fromServer[k - 1]!;
			const end = messageEnd(train, k, startup);
			let bytes = 0;
			for (; k < end; k++) bytes += length[k]!;
			if (isReceived === 1) {
				received[answers++] = bytes;
				if (bytes > largest) largest = bytes;
			} else {
				if (firstSent === 0) firstSent = bytes;
				lastSent = bytes;
			}
		}

		let pushes = 0;
		let solved = 0;
		let jobs = 0;
		let sum = 0;
		let least = Infinity;
		let most = 0;
		let first = -1;
		let last = 0;
		let gaps = 0;
		let gapSquares = 0;
		for (let b = firstSteadyBurst; b < bursts; b++) {
			const begin = burstBegin[b]!;
			const end = burstBegin[b + 1]!;
			if (fromServer[begin] === 0 || (begin > 0 && fromServer[begin - 1] === 0)) continue;
			pushes++;
			const answer = nextFrom(0, train, begin, end);
			if (answer < end) {
				if (nextFrom(1, train, answer, end) < end) solved++;
				continue;
			}
			let bytes = 0;
			for (let k = messageEnd(train, begin, end) - 1; k >= begin; k--) bytes += length[k]!;
			const now = time[begin]!;
			if (jobs === 0) first = now;
			else {
				gaps += now - last;
				gapSquares += (now - last) * (now - last);
			}
			last = now;
			jobs++;
			sum += bytes;
			if (bytes < least) least = bytes;
			if (bytes > most) most = bytes;
		}

		const steady = bursts - firstSteadyBurst;
		const mean = sum / jobs;
		let nearest = Infinity;
		for (let k = 0; k < answers; k++) nearest = Math.min(nearest, Math.abs(received[k]! - mean));
		const gap = gaps / (jobs - 1);
		out[at] = jobs;
		out[at + 1] = steady > 0 ? jobs / steady : ABSENT;
		out[at + 2] = pushes > 0 ? solved / pushes : ABSENT;
		out[at + 3] = jobs > 0 ? mean : ABSENT;
		out[at + 4] = jobs > 0 ? (most - least) / mean : ABSENT;
		out[at + 5] = jobs > 2 ? Math.sqrt(Math.max(0, gapSquares / (jobs - 1) - gap * gap)) / gap : ABSENT;
		out[at + 6] = jobs > 0 && answers > 0 ? nearest / mean : ABSENT;
		out[at + 7] = jobs > 0 && lastSent > 0 ? mean / lastSent : ABSENT;
		out[at + 8] = jobs > 0 ? first - (startup > 0 ? time[startup - 1]! : 0) : ABSENT;
		out[at + 9] = messages;
		out[at + 10] = firstSent;
		out[at + 11] = largest;
		out[at + 12] = startup > 0 ? fromServer[startup - 1]! : ABSENT;
		out[at + 13] = turns > 0 ? time[startup - 1]! / turns : ABSENT;
	},
};

/** The end of the message that begins at packet k: after its last segment, at most `end`. */
function messageEnd({ length, fromServer, gap }: PacketTrain, k: number, end: number): number {
	let next = k + 1;
	while (
		next < end &&
		length[next - 1]! >= FULL &&
		fromServer[next] === fromServer[k] &&
		gap[next]! <= AT_ONCE_SECONDS
	) {
		next++;
	}
	return next;
}

/** The first packet of that side (1: the server) from k on, or `until`. */
function nextFrom(side: number, { fromServer }: PacketTrain, k: number, until: number): number {
	let next = k;
	while (next < until && fromServer[next] !== side) next++;
	return next;
}
