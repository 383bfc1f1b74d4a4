import type { FlowColumns } from "../flow/flow-columns.ts";

/** Reasons why the forest cannot judge a flow's shape and abstains; `NONE` if it can. */
export const SHAPE_OBSTACLE = {
	NONE: 0,
	ONE_DIRECTION: 1,
	TOO_FEW_PACKETS: 2,
	NO_PACKET_LIST: 3,
	BROKEN_LISTS: 4,
} as const;
export type ShapeObstacle = (typeof SHAPE_OBSTACLE)[keyof typeof SHAPE_OBSTACLE];

/** Names of the obstacles in the summary, by number. */
export const SHAPE_OBSTACLE_NAMES: readonly string[] = [
	"none",
	"seen in one direction only",
	"fewer than 8 packets each way",
	"no packet list",
	"broken packet lists",
];

/** The least packets each way for a judgement of shape; the original's model was trained with the same bound. */
export const MINIMUM_PACKETS = 8;

/**
 * Whether flow i's shape can be judged. A flow that passes has at least {@link MINIMUM_PACKETS} each way and at least
 * two entries in its four packet lists, which have equal length and only directions 1 and -1. Features need not check
 * this again.
 */
export function shapeObstacle(flows: FlowColumns, i: number): ShapeObstacle {
	const packets = flows.packets[i]!;
	const packetsReverse = flows.packetsReverse[i]!;
	if (lacksPacketList(flows, i)) return SHAPE_OBSTACLE.NO_PACKET_LIST;
	if (packets < MINIMUM_PACKETS || packetsReverse < MINIMUM_PACKETS) {
		return packets === 0 || packetsReverse === 0 ? SHAPE_OBSTACLE.ONE_DIRECTION : SHAPE_OBSTACLE.TOO_FEW_PACKETS;
	}
	const { packetLengths, packetDirections, packetFlags, packetTimes } = flows;
	const begin = packetDirections.offsets[i]!;
	const end = packetDirections.offsets[i + 1]!;
	const count = end - begin;
	if (
		packetLengths.offsets[i + 1]! - packetLengths.offsets[i]! !== count ||
		packetFlags.offsets[i + 1]! - packetFlags.offsets[i]! !== count ||
		packetTimes.offsets[i + 1]! - packetTimes.offsets[i]! !== count
	) {
		return SHAPE_OBSTACLE.BROKEN_LISTS;
	}
	if (count < 2) return SHAPE_OBSTACLE.NO_PACKET_LIST;
	// Branch-free check of all directions: only for 1 and -1 is the value plus one equal to 0 or 2.
	const directions = packetDirections.values;
	let seen = 0;
	for (let k = begin; k < end; k++) seen |= directions[k]! + 1;
	return (seen & ~2) === 0 ? SHAPE_OBSTACLE.NONE : SHAPE_OBSTACLE.BROKEN_LISTS;
}

/** The longest IPv4 and TCP headers: RFC 791, 3.1, and RFC 9293, 3.1. */
const LONGEST_HEADERS = 120;

/** Whether packets must have had payload although none is listed: then the source has no packet lists. */
function lacksPacketList(flows: FlowColumns, i: number): boolean {
	const { offsets } = flows.packetLengths;
	if (offsets[i] !== offsets[i + 1]) return false;
	const { packetDirections, packetFlags, packetTimes } = flows;
	if (packetFlags.offsets[i] !== packetFlags.offsets[i + 1]) return false;
	if (packetDirections.offsets[i] !== packetDirections.offsets[i + 1]) return false;
	if (packetTimes.offsets[i] !== packetTimes.offsets[i + 1]) return false;
	const packets = flows.packets[i]! + flows.packetsReverse[i]!;
	return flows.bytes[i]! + flows.bytesReverse[i]! > LONGEST_HEADERS * packets;
}
