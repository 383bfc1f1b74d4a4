import type { PacketTrain } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";
import { ABSENT } from "./sample.ts";

/** Sums from which mean and deviation of the values follow. Reused for every flow. */
class Moments {
	count = 0;
	sum = 0;
	squares = 0;

	clear(): void {
		this.count = this.sum = this.squares = 0;
	}

	add(value: number): void {
		this.count++;
		this.sum += value;
		this.squares += value * value;
	}

	mean(): number {
		return this.count > 0 ? this.sum / this.count : ABSENT;
	}

	/** Standard deviation over mean, of at least two values. */
	variation(): number {
		const { count, sum, squares } = this;
		if (count < 2 || sum <= 0) return ABSENT;
		const mean = sum / count;
		return Math.sqrt(Math.max(0, squares / count - mean * mean)) / mean;
	}
}

const pushBytes = new Moments();
const callBytes = new Moments();
const replyBytes = new Moments();
const turnSeconds = new Moments();
const sentGaps = new Moments();
const receivedGaps = new Moments();

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
		pushBytes.clear();
		callBytes.clear();
		replyBytes.clear();
		turnSeconds.clear();
		sentGaps.clear();
		receivedGaps.clear();
		let messages = 0;
		let loneCalls = 0;
		let lastSent = -1;
		let lastReceived = -1;
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
					if (lastReceived >= 0) receivedGaps.add(now - lastReceived);
					lastReceived = now;
				} else {
					if (lastSent >= 0) sentGaps.add(now - lastSent);
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
				if (fromServer[begin] === 1) pushBytes.add(firstBytes);
				else loneCalls++;
			} else if (inBurst === 2 && fromServer[begin] === 0) {
				callBytes.add(firstBytes);
				replyBytes.add(secondBytes);
				turnSeconds.add(secondAt - time[begin]!);
			}
		}
		const steady = bursts - firstSteadyBurst;
		out[at] = messages > 0 ? (count - startup) / messages : ABSENT;
		out[at + 1] = steady > 0 ? messages / steady : ABSENT;
		out[at + 2] = steady > 0 ? pushBytes.count / steady : ABSENT;
		out[at + 3] = steady > 0 ? loneCalls / steady : ABSENT;
		out[at + 4] = steady > 0 ? callBytes.count / steady : ABSENT;
		out[at + 5] = pushBytes.mean();
		out[at + 6] = pushBytes.variation();
		out[at + 7] = callBytes.mean();
		out[at + 8] = callBytes.variation();
		out[at + 9] = replyBytes.mean();
		out[at + 10] = replyBytes.variation();
		out[at + 11] = callBytes.count > 0 ? callBytes.mean() - replyBytes.mean() : 0;
		out[at + 12] = turnSeconds.mean();
		out[at + 13] = turnSeconds.variation();
		out[at + 14] = sentGaps.variation();
		out[at + 15] = receivedGaps.variation();
		out[at + 16] = lengthStep(train);
	},
};

/** By Euclid's algorithm; 0 where all packets are equally long. Most flows are at 1 after a few packets. */
function lengthStep({ length, startup, count }: PacketTrain): number {
	let step = 0;
	for (let k = startup + 1; k < count && step !== 1; k++) {
		let rest = Math.abs(length[k]! - length[k - 1]!);
		while (rest !== 0) [step, rest] = [rest, step % rest];
	}
	return step;
}
