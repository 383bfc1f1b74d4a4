import type { PacketTrain } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";
import { ABSENT } from "./sample.ts";

/**
 * Messages instead of packets: what one end sends without a silence or a word of the other in between, however many
 * segments or TLS records carry it. Record padding hides lengths and splitting multiplies packets; who speaks alone, who
 * is answered, how often, and the bytes of a whole message remain. One pass without sorting.
 */
export const MESSAGES: RhythmPart = {
	features: {
		MESSAGE_PACKETS: "packets of a message on average: above 1 for split records and for bulk",
		BURST_MESSAGES: "messages of a burst on average: 1 for a job, 2 for a share",
		LONE_PUSH_SHARE: "share of bursts that are one message of the server: jobs",
		LONE_CALL_SHARE: "share of bursts that are one message of the client: what nobody answers",
		EXCHANGE_SHARE: "share of bursts that are one message of the client and one of the server: shares",
		LONE_PUSH_BYTES: "mean bytes of those lone messages of the server",
		LONE_PUSH_VARIATION: "their deviation over their mean",
		EXCHANGE_SENT_BYTES: "mean bytes of the client's message in the exchanges",
		EXCHANGE_SENT_VARIATION: "their deviation over their mean",
		EXCHANGE_RECEIVED_BYTES: "mean bytes of the server's message in the exchanges",
		EXCHANGE_RECEIVED_VARIATION: "their deviation over their mean",
		EXCHANGE_SURPLUS: "mean bytes that the client's message of an exchange is longer: free of constant overhead",
		EXCHANGE_SECONDS: "mean seconds from the client's message to the server's",
		EXCHANGE_SECONDS_VARIATION: "their deviation over their mean: a check of one hash takes no time",
		SENT_GAP_VARIATION:
			"deviation over mean of the seconds between the client's messages: 1 for chance at any rate, 0 for a timer",
		RECEIVED_GAP_VARIATION: "the same of the server's messages",
		LENGTH_STEP: "greatest common divisor of the differences of packet lengths: padding to blocks shows as its block",
	},
	compute(train, out, at) {
		const { bursts, burstBegin, firstSteadyBurst, startup, count, fromServer, length, time } = train;
		let messages = 0;
		let loneCalls = 0;
		let pushes = 0;
		let pushBytes = 0;
		let pushSquares = 0;
		let exchanges = 0;
		let callBytes = 0;
		let callSquares = 0;
		let replyBytes = 0;
		let replySquares = 0;
		let turns = 0;
		let turnSquares = 0;
		// Of each end: its messages, when the first and the last began, and the squares of the gaps between.
		let sent = 0;
		let firstSent = 0;
		let lastSent = 0;
		let sentSquares = 0;
		let received = 0;
		let firstReceived = 0;
		let lastReceived = 0;
		let receivedSquares = 0;
		for (let b = firstSteadyBurst; b < bursts; b++) {
			const begin = burstBegin[b]!;
			const end = burstBegin[b + 1]!;
			let inBurst = 0;
			let firstBytes = 0;
			let secondBytes = 0;
			let secondAt = 0;
			for (let k = begin; k < end; inBurst++) {
				const isReceived = fromServer[k]!;
				const now = time[k]!;
				if (isReceived === 1) {
					if (received++ === 0) firstReceived = now;
					else receivedSquares += (now - lastReceived) * (now - lastReceived);
					lastReceived = now;
				} else {
					if (sent++ === 0) firstSent = now;
					else sentSquares += (now - lastSent) * (now - lastSent);
					lastSent = now;
				}
				let bytes = 0;
				for (; k < end && fromServer[k] === isReceived; k++) bytes += length[k]!;
				if (inBurst === 0) firstBytes = bytes;
				else if (inBurst === 1) {
					secondBytes = bytes;
					secondAt = now;
				}
			}
			messages += inBurst;
			if (inBurst === 1) {
				if (fromServer[begin] === 1) {
					pushes++;
					pushBytes += firstBytes;
					pushSquares += firstBytes * firstBytes;
				} else loneCalls++;
			} else if (inBurst === 2 && fromServer[begin] === 0) {
				const turn = secondAt - time[begin]!;
				exchanges++;
				callBytes += firstBytes;
				callSquares += firstBytes * firstBytes;
				replyBytes += secondBytes;
				replySquares += secondBytes * secondBytes;
				turns += turn;
				turnSquares += turn * turn;
			}
		}
		const steady = bursts - firstSteadyBurst;
		out[at] = messages > 0 ? (count - startup) / messages : ABSENT;
		out[at + 1] = steady > 0 ? messages / steady : ABSENT;
		out[at + 2] = steady > 0 ? pushes / steady : ABSENT;
		out[at + 3] = steady > 0 ? loneCalls / steady : ABSENT;
		out[at + 4] = steady > 0 ? exchanges / steady : ABSENT;
		out[at + 5] = pushes > 0 ? pushBytes / pushes : ABSENT;
		out[at + 6] = variation(pushes, pushBytes, pushSquares);
		out[at + 7] = exchanges > 0 ? callBytes / exchanges : ABSENT;
		out[at + 8] = variation(exchanges, callBytes, callSquares);
		out[at + 9] = exchanges > 0 ? replyBytes / exchanges : ABSENT;
		out[at + 10] = variation(exchanges, replyBytes, replySquares);
		out[at + 11] = exchanges > 0 ? (callBytes - replyBytes) / exchanges : 0;
		out[at + 12] = exchanges > 0 ? turns / exchanges : ABSENT;
		out[at + 13] = variation(exchanges, turns, turnSquares);
		out[at + 14] = variation(sent - 1, lastSent - firstSent, sentSquares);
		out[at + 15] = variation(received - 1, lastReceived - firstReceived, receivedSquares);
		out[at + 16] = lengthStep(train);
	},
};

/** Standard deviation over mean of at least two values, from their sum and the sum of their squares. */
function variation(count: number, sum: number, squares: number): number {
	if (count < 2 || sum <= 0) return ABSENT;
	const mean = sum / count;
	return Math.sqrt(Math.max(0, squares / count - mean * mean)) / mean;
}

/** By Euclid's algorithm; 0 where all packets are equally long. Most flows are at 1 after a few packets. */
function lengthStep({ length, startup, count }: PacketTrain): number {
	let step = 0;
	for (let k = startup + 1; k < count && step !== 1; k++) {
		let rest = Math.abs(length[k]! - length[k - 1]!);
		while (rest !== 0) [step, rest] = [rest, step % rest];
	}
	return step;
}
