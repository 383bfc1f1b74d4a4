import { MINIMUM_PACKETS } from "../../src/detect/shape-obstacle.ts";
import type { Flow } from "../../src/flow/flow.ts";
import type { Random } from "../random.ts";
import { logUniform } from "./path.ts";

const SYN = 0x02;
/** Headers of a packet: IPv4 and TCP without options. */
const HEADERS = 40;
/** Longest payload of a segment. */
const FULL_SEGMENT = 1460;
/** Packets in a full list, and the least that must be left in it. */
const LISTED = 30;
const LEAST_LISTED = 5;

/**
 * The flow record of an altered copy of this conversation: the same turns in the same rhythm, but from a later phase on
 * or to an earlier end, at another pace, in a protocol with other message lengths. The model must learn the common
 * part, not lengths or seconds of the few available networks. Undefined if too little is left to be judged.
 */
export function alteredFlow(flow: Flow, random: Random): Flow | undefined {
	const part = random.chance(0.7) ? excerpt(flow, random) : flow;
	return part && otherLengths(otherPace(part, random), random);
}

/**
 * The packets from one on, or up to one: an exporter that cut elsewhere, or a session that ended earlier. Packets after
 * the end of a full list are omitted because they are unknown.
 */
function excerpt(flow: Flow, random: Random): Flow | undefined {
	const listed = flow.packetLengths.length;
	if (listed <= LEAST_LISTED) return undefined;
	const fromMiddle = random.chance(0.5);
	const begin = fromMiddle ? random.integer(1, listed - LEAST_LISTED) : 0;
	const end = random.chance(fromMiddle ? 0.3 : 1) ? random.integer(begin + LEAST_LISTED, listed) : listed;
	const times = flow.packetTimes.slice(begin, end);
	const timeFirst = begin === 0 ? flow.timeFirst : times[0]!;
	const timeLast = end === listed && listed < LISTED ? flow.timeLast : times.at(-1)!;
	const directions = flow.packetDirections.slice(begin, end);
	const sent = directions.filter((direction) => direction === 1).length;
	const share =
		listed < LISTED
			? (end - begin) / listed
			: Math.min(1, (timeLast - timeFirst) / Math.max(1, flow.timeLast - flow.timeFirst));
	const part = {
		...flow,
		packets: Math.max(sent, Math.round(flow.packets * share)),
		packetsReverse: Math.max(end - begin - sent, Math.round(flow.packetsReverse * share)),
		bytes: Math.round(flow.bytes * share),
		bytesReverse: Math.round(flow.bytesReverse * share),
		...(fromMiddle && { tcpFlags: flow.tcpFlags & ~SYN, tcpFlagsReverse: flow.tcpFlagsReverse & ~SYN }),
		timeFirst,
		timeLast,
		packetLengths: flow.packetLengths.slice(begin, end),
		packetDirections: directions,
		packetFlags: flow.packetFlags.slice(begin, end),
		packetTimes: times,
	};
	const isEnough = part.packets >= MINIMUM_PACKETS && part.packetsReverse >= MINIMUM_PACKETS;
	return isEnough ? sourceFirst(part, random) : undefined;
}

/** In a record that begins in the middle, the source is the first sender: either end with equal probability. */
function sourceFirst(flow: Flow, random: Random): Flow {
	if ((flow.tcpFlags & SYN) !== 0 || flow.packetDirections[0] === 1 || random.chance(0.5)) return flow;
	return {
		...flow,
		bytes: flow.bytesReverse,
		bytesReverse: flow.bytes,
		packets: flow.packetsReverse,
		packetsReverse: flow.packets,
		tcpFlags: flow.tcpFlagsReverse,
		tcpFlagsReverse: flow.tcpFlags,
		packetDirections: flow.packetDirections.map((direction) => -direction),
	};
}

/** Scales all silences by one factor; packets within a round trip stay close. */
function otherPace(flow: Flow, random: Random): Flow {
	const factor = logUniform(random, 0.6, 1.7);
	const moved = (time: number) => Math.round(flow.timeFirst + (time - flow.timeFirst) * factor);
	return { ...flow, timeLast: moved(flow.timeLast), packetTimes: flow.packetTimes.map(moved) };
}

/**
 * Scales every length by one factor and, for each end, adds one constant: equal lengths stay equal, longer ones longer.
 */
function otherLengths(flow: Flow, random: Random): Flow {
	const factor = logUniform(random, 0.75, 1.35);
	const addends = [random.integer(-12, 40), random.integer(-12, 40)] as const;
	const changed = { bytes: 0, bytesReverse: 0 };
	const packetLengths = flow.packetLengths.map((length, k) => {
		const isForward = flow.packetDirections[k] === 1;
		if (length >= FULL_SEGMENT - 100) return length;
		const other = Math.min(FULL_SEGMENT, Math.max(1, Math.round(length * factor) + addends[isForward ? 0 : 1]));
		changed[isForward ? "bytes" : "bytesReverse"] += other - length;
		return other;
	});
	const unlisted = (flow.packets + flow.packetsReverse) / Math.max(1, 2 * packetLengths.length);
	const scaled = (bytes: number, change: number, packets: number) =>
		Math.max(HEADERS * packets, Math.round(bytes + change * Math.max(1, unlisted)));
	return {
		...flow,
		packetLengths,
		bytes: scaled(flow.bytes, changed.bytes, flow.packets),
		bytesReverse: scaled(flow.bytesReverse, changed.bytesReverse, flow.packetsReverse),
	};
}
