import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FeatureGroup } from "./feature-group.ts";

const TCP_PSH = 0x08;
const MICROSECONDS = 1e6;

/**
 * The 12 features of the original detector (Plný, Hynek, Čejka: DeCrypto, NordSec 2022) in exact arithmetic: times with
 * their fraction, ratios as fractions, as in the training of its model. The coarser arithmetic of the published program
 * is in `compat/original-arithmetic.ts`. Per-packet features are over the packets that carry payload.
 */
export const ORIGINAL_FEATURES: FeatureGroup = {
	features: {
		BYTES: "bytes sent by the source: miners send little",
		BYTES_REV: "bytes sent by the destination: jobs are short, downloads are not",
		PACKETS: "packets sent by the source",
		PACKETS_REV: "packets sent by the destination",
		SENT_PERCENTAGE:
			"share of the listed packets that the source sent (0 … 1): in mining both ends speak, the pool more",
		RECV_PERCENTAGE: "share of the listed packets that the destination sent: 1 − SENT_PERCENTAGE",
		AVG_PKT_INTERVAL: "mean seconds between listed packets: jobs and shares are seconds to minutes apart",
		OVERALL_DURATION: "seconds from the first packet to the last: mining goes on until the exporter cuts it",
		AVG_PKT_LEN: "mean payload bytes of the listed packets: one JSON message each",
		PSH_RATIO: "share of the listed packets with the TCP PSH flag: every message is pushed",
		MIN_PKT_LEN: "least payload bytes of the listed packets: no pool sends a message shorter than a JSON reply",
		DATA_SYMMETRY: "payload bytes of the source over those of the destination, 0 where the latter sent none",
	},
	compute(flows: FlowColumns, i: number, out: Float64Array, at: number): void {
		const { packetLengths, packetDirections, packetFlags, packetTimes } = flows;
		const begin = packetLengths.offsets[i]!;
		const count = packetLengths.offsets[i + 1]! - begin;
		const toDirection = packetDirections.offsets[i]! - begin;
		const toFlags = packetFlags.offsets[i]! - begin;
		const lengths = packetLengths.values;
		const directions = packetDirections.values;
		const flags = packetFlags.values;
		// Directions are 1 and -1: their sum, and their sum weighted by length, yield both ends' shares without a
		// branch per packet.
		let balance = 0;
		let balanceBytes = 0;
		let allBytes = 0;
		let pushed = 0;
		let least = lengths[begin]!;
		for (let k = begin; k < begin + count; k++) {
			const length = lengths[k]!;
			const direction = directions[k + toDirection]!;
			allBytes += length;
			balanceBytes += Math.imul(length, direction);
			balance += direction;
			least = Math.min(least, length);
			pushed += flags[k + toFlags]! & TCP_PSH;
		}
		const firstTime = packetTimes.offsets[i]!;
		const silence = packetTimes.values[firstTime + count - 1]! - packetTimes.values[firstTime]!;
		const sentShare = (count + balance) / 2 / count;
		const sentBytes = (allBytes + balanceBytes) / 2;
		const receivedBytes = allBytes - sentBytes;
		out[at] = flows.bytes[i]!;
		out[at + 1] = flows.bytesReverse[i]!;
		out[at + 2] = flows.packets[i]!;
		out[at + 3] = flows.packetsReverse[i]!;
		out[at + 4] = sentShare;
		out[at + 5] = 1 - sentShare;
		out[at + 6] = silence / MICROSECONDS / (count - 1);
		out[at + 7] = (flows.timeLast[i]! - flows.timeFirst[i]!) / MICROSECONDS;
		out[at + 8] = allBytes / count;
		out[at + 9] = pushed / TCP_PSH / count;
		out[at + 10] = least;
		out[at + 11] = receivedBytes === 0 ? 0 : sentBytes / receivedBytes;
	},
};
