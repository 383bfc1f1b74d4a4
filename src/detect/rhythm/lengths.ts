import type { RhythmPart } from "./rhythm-part.ts";
import { ABSENT, Sample } from "./sample.ts";

const SAME_LENGTH = 2;
const SAME_KIND = 4;
/** A packet this long is a full segment of something longer. */
const FULL = 1200;
/** A packet this short holds no JSON: binary keep-alives, acknowledgements, keystrokes, empty TLS records. */
const TINY = 36;
const WRITTEN_PER_END = 9;

const sent = new Sample();
const received = new Sample();

/** The lengths of all packets after the start-up, by end: a mining session has very few kinds of message. */
export const LENGTHS: RhythmPart = {
	features: {
		...featuresOfEnd("SENT", "the client's"),
		...featuresOfEnd("RECEIVED", "the server's"),
		FULL_SHARE: "share of packets above 1200 bytes: bulk",
		TINY_SHARE: "share of packets below 36 bytes: binary protocols; JSON has none",
		SENT_PACKET_SHARE: "share of packets that the client sent",
		TURNS: "changes of direction over possible ones",
	},
	compute(train, out, at) {
		const { count, startup, fromServer, length } = train;
		train.sent.lengthsTo(sent);
		train.received.lengthsTo(received);
		let full = 0;
		let tiny = 0;
		let turns = 0;
		let before = count > startup ? fromServer[startup]! : 0;
		for (let k = startup; k < count; k++) {
			const bytes = length[k]!;
			full += +(bytes > FULL);
			tiny += +(bytes < TINY);
			turns += fromServer[k]! ^ before;
			before = fromServer[k]!;
		}
		const steady = count - startup;
		writeEnd(sent, out, at);
		writeEnd(received, out, at + WRITTEN_PER_END);
		at += 2 * WRITTEN_PER_END;
		out[at] = steady > 0 ? full / steady : ABSENT;
		out[at + 1] = steady > 0 ? tiny / steady : ABSENT;
		out[at + 2] = steady > 0 ? sent.count / steady : ABSENT;
		out[at + 3] = steady > 1 ? turns / (steady - 1) : ABSENT;
	},
};

function featuresOfEnd(end: string, whose: string): Record<string, string> {
	return {
		[`${end}_LENGTH_MIN`]: `the shortest of ${whose} packets`,
		[`${end}_LENGTH_MEDIAN`]: `the median of ${whose} lengths`,
		[`${end}_LENGTH_MAX`]: `the longest of ${whose} packets`,
		[`${end}_LENGTH_MODE`]: `${whose} commonest length: share, reply or job`,
		[`${end}_MODE_SHARE`]: `share of ${whose} packets within ±2 bytes of it`,
		[`${end}_TWO_MODES_SHARE`]: `share of ${whose} packets at one of the two commonest lengths: share and keep-alive, or job and reply`,
		[`${end}_LENGTH_VARIATION`]: `deviation of ${whose} lengths over their mean`,
		[`${end}_KINDS`]: `clusters of ${whose} lengths (cut at gaps above 4 bytes)`,
		[`${end}_KINDS_SHARE`]: `those over the number of ${whose} packets: every length its own kind is 1`,
	};
}

/** Presumes sorted lengths. */
function writeEnd(lengths: Sample, out: Float64Array, at: number): void {
	const { count } = lengths;
	lengths.findMode(SAME_LENGTH);
	const kinds = lengths.clusters(SAME_KIND);
	out[at] = lengths.smallest();
	out[at + 1] = lengths.median();
	out[at + 2] = lengths.largest();
	out[at + 3] = lengths.mode();
	out[at + 4] = count > 0 ? lengths.modeCount / count : ABSENT;
	out[at + 5] = count > 0 ? (lengths.modeCount + lengths.secondModeCount(SAME_LENGTH)) / count : ABSENT;
	out[at + 6] = lengths.variation();
	out[at + 7] = kinds;
	out[at + 8] = count > 0 ? kinds / count : ABSENT;
}
