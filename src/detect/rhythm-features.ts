import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FeatureGroup } from "./feature-group.ts";
import { BEATS } from "./rhythm/beats.ts";
import { BURSTS } from "./rhythm/bursts.ts";
import { EXCHANGES } from "./rhythm/exchanges.ts";
import { JOBS } from "./rhythm/jobs.ts";
import { LENGTHS } from "./rhythm/lengths.ts";
import { MESSAGES } from "./rhythm/messages.ts";
import { PacketTrain } from "./rhythm/packet-train.ts";
import { SILENCES } from "./rhythm/silences.ts";
import { STARTUP } from "./rhythm/startup.ts";

const PARTS = [STARTUP, BURSTS, EXCHANGES, LENGTHS, SILENCES, JOBS, MESSAGES, BEATS];
const PART_SIZES = PARTS.map((part) => Object.keys(part.features).length);
const train = new PacketTrain();
const TCP = 6;

/**
 * The rhythm of a flow: the side that sends after a silence, the similarity of messages, the delay and size of replies,
 * the length of silences. Encryption hides content, but not the rhythm of jobs and shares. Unlike byte counts and raw
 * lengths, it transfers to networks, pools and coins that were not in the training data.
 */
export const RHYTHM_FEATURES: FeatureGroup = {
	features: {
		...Object.assign({}, ...PARTS.map((part) => part.features)),
		PACKETS_PER_SECOND: "packets both ways, acknowledgements included, over the flow's duration",
		BYTES_PER_SECOND: "IP bytes both ways over the flow's duration: mining is a trickle",
		BYTES_PER_PACKET: "IP bytes over packets that the client sent: acknowledgements and shares",
		BYTES_PER_PACKET_REV: "IP bytes over packets that the server sent",
		PACKETS_RATIO: "packets of the client over packets of the server",
		BYTES_RATIO: "IP bytes of the client over IP bytes of the server",
		IS_TCP: "1 for TCP, 0 for all else: pools speak TCP, the keep-alives of tunnels and calls mostly UDP",
		SOURCE_IS_CLIENT:
			"1 where the record's source is the end that the rhythm takes for the client, 0 where the rhythm says otherwise",
		LISTED_SHARE: "listed packets over all packets of the flow: how much of it the list covers",
	},
	compute(flows: FlowColumns, i: number, out: Float64Array, at: number): void {
		train.read(flows, i);
		for (let p = 0; p < PARTS.length; p++) {
			PARTS[p]!.compute(train, out, at);
			at += PART_SIZES[p]!;
		}
		const { isFlipped } = train;
		const packets = atLeast(1, isFlipped ? flows.packetsReverse[i]! : flows.packets[i]!);
		const packetsReverse = atLeast(1, isFlipped ? flows.packets[i]! : flows.packetsReverse[i]!);
		const bytes = atLeast(1, isFlipped ? flows.bytesReverse[i]! : flows.bytes[i]!);
		const bytesReverse = atLeast(1, isFlipped ? flows.bytes[i]! : flows.bytesReverse[i]!);
		const seconds = atLeast(1e-3, (flows.timeLast[i]! - flows.timeFirst[i]!) / 1e6);
		out[at] = (packets + packetsReverse) / seconds;
		out[at + 1] = (bytes + bytesReverse) / seconds;
		out[at + 2] = bytes / packets;
		out[at + 3] = bytesReverse / packetsReverse;
		out[at + 4] = packets / packetsReverse;
		out[at + 5] = bytes / bytesReverse;
		out[at + 6] = flows.protocol[i] === TCP ? 1 : 0;
		out[at + 7] = isFlipped ? 0 : 1;
		out[at + 8] = train.count / (packets + packetsReverse);
	},
};

/** `value`, or `least` if it is lower or NaN: Math.max would return NaN. */
function atLeast(least: number, value: number): number {
	return Number.isNaN(value) ? least : Math.max(least, value);
}
