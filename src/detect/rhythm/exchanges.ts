import { SILENCE_SECONDS } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";
import { ABSENT, MAX_PACKETS, Sample } from "./sample.ts";

/** A reply is searched among this many packets after the call: the rest of the call, or a job, may come first. */
const REPLY_WITHIN = 3;
/** Bytes by which messages of one kind differ: digits of a counter or a time. TLS adds a constant. */
const SAME_LENGTH = 2;
/** Lengths closer than this are one kind of message; otherwise two. */
const SAME_KIND = 4;

const pushLengths = new Sample();
const callLengths = new Sample();
const callTimes = new Float64Array(MAX_PACKETS + 1);
const callGaps = new Sample();
const replyLengths = new Sample();
const replyDelays = new Sample();
const surpluses = new Sample();

/**
 * The sender after a silence, and the replies: pushes (bursts that the server opens: jobs), calls (bursts that the
 * client opens: shares, keep-alives) and replies. Encryption adds a constant to a length, so constancy, differences and
 * order are preserved although lengths are not.
 */
export const EXCHANGES: RhythmPart = {
	features: {
		PUSHES: "bursts the server opens",
		PUSH_LENGTH: "median length of their first packets: a job",
		PUSH_MODE_SHARE: "share of them within ±2 bytes of their commonest length: one job is as long as the next",
		PUSH_SPREAD: "their range over their median",
		PUSH_KINDS: "clusters of their lengths (cut at gaps above 4 bytes) over their number",
		PUSH_OWED:
			"share of them before which the client's last word stood unanswered: a slow reply or a long poll, no push",
		PUSHES_UNASKED: "the pushes that were not owed",
		CALLS: "bursts the client opens",
		CALL_LENGTH: "median length of their first packets: a share or a keep-alive",
		CALL_MODE_SHARE: "share of them within ±2 bytes of their commonest length: shares differ in nonce and hash only",
		CALL_SPREAD: "their range over their median",
		CALL_KINDS: "clusters of their lengths over their number",
		CALL_GAP_VARIATION: "deviation of those over their mean: finding a share is a Poisson process, polling a timer",
		REPLIES: "client packets after the start-up that the server answers within half a second",
		REPLY_SHARE: "those over all client packets after the start-up: every share is answered, at once",
		REPLY_LENGTH: "median length of the replies: true, with an identifier",
		REPLY_DELAY: "median seconds to the reply: a round trip and a check of one hash",
		REPLY_DELAY_SPREAD: "interquartile range of the delays over their median: nothing varies in it",
		REPLY_SHORTER:
			"share of replies shorter than their call: shares are longer than true, requests shorter than answers",
		REPLY_SURPLUS: "median of call length − reply length: the overhead of TLS cancels out",
		REPLY_SURPLUS_MODE_SHARE:
			"share of those differences within ±2 bytes of the commonest: call and reply both constant",
		REACTIONS:
			"share of server packets after the start-up that the client answers within half a second: chat, not jobs",
		PUSH_OVER_REPLY: "median push over median reply: jobs are several times as long as true",
		PUSH_MINUS_REPLY: "median push − median reply, in bytes: free of the overhead of TLS",
		CALL_OVER_REPLY: "median call over median reply",
		PUSH_OVER_CALL: "median push over median call: jobs are longer than shares, or about as long",
		PUSH_MINUS_CALL: "median push − median call, in bytes: free of the overhead of TLS",
	},
	compute(train, out, at) {
		const { fromServer, opensBurst, length, time, count, startup } = train;
		train.received.flaggedLengthsTo(opensBurst, pushLengths);
		train.sent.flaggedLengthsTo(opensBurst, callLengths);
		let owed = 0;
		let calls = 0;
		let before = startup > 0 ? fromServer[startup - 1]! : 1;
		for (let k = startup; k < count; k++) {
			const isReceived = fromServer[k]!;
			const opens = opensBurst[k]!;
			callTimes[calls] = time[k]!;
			calls += opens & ~isReceived;
			owed += opens & isReceived & ~before;
			before = isReceived;
		}
		for (let c = 1; c < calls; c++) callGaps.values[c - 1] = callTimes[c]! - callTimes[c - 1]!;
		callGaps.count = Math.max(0, calls - 1);

		// Backwards, so that the server's next packet is always known: initially the position after the last,
		// infinitely late.
		let replies = 0;
		let shorter = 0;
		let reactions = 0;
		let next = count;
		let isBeforeReceived = 1;
		for (let k = count - 1; k >= startup; k--) {
			const isReceived = fromServer[k]!;
			const now = time[k]!;
			const delay = time[next]! - now;
			const reply = length[next]!;
			const surplus = length[k]! - reply;
			const isAnswered = ~isReceived & +(next - k <= REPLY_WITHIN) & +(time[next]! <= now + SILENCE_SECONDS);
			replyLengths.values[replies] = reply;
			replyDelays.values[replies] = delay;
			surpluses.values[replies] = surplus;
			replies += isAnswered;
			shorter += isAnswered & +(surplus > 0);
			reactions += isReceived & ~isBeforeReceived & +(time[k + 1]! <= now + SILENCE_SECONDS);
			isBeforeReceived = isReceived;
			next += (k - next) & -isReceived;
		}
		replyLengths.count = replyDelays.count = surpluses.count = replies;

		at = writeOpeners(pushLengths, out, at);
		const pushes = pushLengths.count;
		out[at++] = pushes > 0 ? owed / pushes : ABSENT;
		out[at++] = pushes - owed;
		at = writeOpeners(callLengths, out, at);
		out[at++] = callGaps.variation();
		const sent = train.sent.count;
		const received = train.received.count;
		const push = pushLengths.median();
		const call = callLengths.median();
		replyLengths.sort();
		replyDelays.sort();
		surpluses.sort();
		const reply = replyLengths.median();
		const delay = replyDelays.median();
		out[at++] = replies;
		out[at++] = sent > 0 ? replies / sent : ABSENT;
		out[at++] = reply;
		out[at++] = delay;
		out[at++] = replies > 0 ? (replyDelays.quantile(0.75) - replyDelays.quantile(0.25)) / (delay + 1e-3) : ABSENT;
		out[at++] = replies > 0 ? shorter / replies : ABSENT;
		out[at++] = replies > 0 ? surpluses.median() : 0;
		surpluses.findMode(SAME_LENGTH);
		out[at++] = replies > 0 ? surpluses.modeCount / replies : ABSENT;
		out[at++] = received > 0 ? reactions / received : ABSENT;
		out[at++] = push > 0 && reply > 0 ? push / reply : ABSENT;
		out[at++] = push > 0 && reply > 0 ? push - reply : 0;
		out[at++] = call > 0 && reply > 0 ? call / reply : ABSENT;
		out[at++] = push > 0 && call > 0 ? push / call : ABSENT;
		out[at] = push > 0 && call > 0 ? push - call : 0;
	},
};

/** The five features that pushes and calls share. Requires sorted lengths; returns the next position to write. */
function writeOpeners(lengths: Sample, out: Float64Array, at: number): number {
	lengths.findMode(SAME_LENGTH);
	out[at] = lengths.count;
	out[at + 1] = lengths.median();
	out[at + 2] = lengths.count > 0 ? lengths.modeCount / lengths.count : ABSENT;
	out[at + 3] = lengths.spread();
	out[at + 4] = lengths.count > 0 ? lengths.clusters(SAME_KIND) / lengths.count : ABSENT;
	return at + 5;
}
