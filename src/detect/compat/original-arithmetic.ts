import type { FlowColumns } from "../../flow/flow-columns.ts";

/**
 * The arithmetic of the original's build: Cython 0.29, common in 2022, rounds integer division down; Cython 3 performs
 * true division.
 */
export type CompatArithmetic = "cython0.29" | "cython3";

/**
 * Conditions that make the original stop with an exception while it computes features; `NONE` if it can compute them.
 */
export const ORIGINAL_OBSTACLE = {
	NONE: 0,
	NO_DIRECTIONS: 1,
	NO_LENGTHS: 2,
	TOO_FEW_TIMES: 3,
	TOO_MANY_LENGTHS: 4,
	BAD_DIRECTION: 5,
	TIMES_TOO_FAR_APART: 6,
} as const;
export type OriginalObstacle = (typeof ORIGINAL_OBSTACLE)[keyof typeof ORIGINAL_OBSTACLE];

/** Names of the obstacles in the summary, by number. */
export const ORIGINAL_OBSTACLE_NAMES: readonly string[] = [
	"none",
	"no packet directions",
	"no packet lengths",
	"fewer than two packet times",
	"more packet lengths than directions",
	"packet direction out of range",
	"packet times too far apart",
];

const TCP_PSH = 0x08;
const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

/**
 * The original's 12 features as its program computes them: whole seconds, and under Cython 0.29 the quotients of C
 * integers (AVG_PKT_INTERVAL, PSH_RATIO) rounded down. Each packet list is used at its own length. Writes 12 numbers to
 * `out[at …]`, or returns the obstacle of the original; the flow must have at least two packet flags.
 */
export function computeOriginalFeatures(
	flows: FlowColumns,
	i: number,
	arithmetic: CompatArithmetic,
	out: Float64Array,
	at: number,
): OriginalObstacle {
	const roundsDown = arithmetic === "cython0.29";

	const directions = flows.packetDirections.values;
	const directionBegin = flows.packetDirections.offsets[i]!;
	const directionCount = flows.packetDirections.offsets[i + 1]! - directionBegin;
	if (directionCount === 0) return ORIGINAL_OBSTACLE.NO_DIRECTIONS;
	let sent = 0;
	for (let k = 0; k < directionCount; k++) if (directions[directionBegin + k] === 1) sent++;
	const sentShare = sent / directionCount;

	const times = flows.packetTimes.values;
	const timeBegin = flows.packetTimes.offsets[i]!;
	const timeCount = flows.packetTimes.offsets[i + 1]! - timeBegin;
	if (timeCount < 2) return ORIGINAL_OBSTACLE.TOO_FEW_TIMES;
	if (overflowsInSeconds(times, timeBegin, timeCount)) return ORIGINAL_OBSTACLE.TIMES_TOO_FAR_APART;
	const interval =
		(wholeSeconds(times[timeBegin + timeCount - 1]!) - wholeSeconds(times[timeBegin]!)) / (timeCount - 1);

	const lengths = flows.packetLengths.values;
	const lengthBegin = flows.packetLengths.offsets[i]!;
	const lengthCount = flows.packetLengths.offsets[i + 1]! - lengthBegin;
	if (lengthCount === 0) return ORIGINAL_OBSTACLE.NO_LENGTHS;
	if (lengthCount > directionCount) return ORIGINAL_OBSTACLE.TOO_MANY_LENGTHS;
	let least = lengths[lengthBegin]!;
	let allBytes = 0;
	let sentBytes = 0;
	let receivedBytes = 0;
	for (let k = 0; k < lengthCount; k++) {
		const length = lengths[lengthBegin + k]!;
		const direction = directions[directionBegin + k]!;
		if (length < least) least = length;
		allBytes += length;
		// The direction is a Python list's index into three sums: negative ones count from the end.
		if (direction === 1 || direction === -2) sentBytes += length;
		else if (direction === -1 || direction === 2) receivedBytes += length;
		else if (direction !== 0 && direction !== -3) return ORIGINAL_OBSTACLE.BAD_DIRECTION;
	}

	const flags = flows.packetFlags.values;
	const flagBegin = flows.packetFlags.offsets[i]!;
	const flagCount = flows.packetFlags.offsets[i + 1]! - flagBegin;
	let pushed = 0;
	for (let k = 0; k < flagCount; k++) if ((flags[flagBegin + k]! & TCP_PSH) !== 0) pushed++;
	const pushRatio = pushed / flagCount;

	out[at] = flows.bytes[i]!;
	out[at + 1] = flows.bytesReverse[i]!;
	out[at + 2] = flows.packets[i]!;
	out[at + 3] = flows.packetsReverse[i]!;
	out[at + 4] = sentShare;
	out[at + 5] = 1 - sentShare;
	out[at + 6] = roundsDown ? Math.floor(interval) : interval;
	out[at + 7] = wholeSeconds(flows.timeLast[i]!) - wholeSeconds(flows.timeFirst[i]!);
	out[at + 8] = allBytes / lengthCount;
	out[at + 9] = roundsDown ? Math.floor(pushRatio) : pushRatio;
	out[at + 10] = least;
	out[at + 11] = receivedBytes === 0 ? 0 : sentBytes / receivedBytes;
	return ORIGINAL_OBSTACLE.NONE;
}

/** Whether a difference of two neighbours, or of one and the first, in whole seconds does not fit into a C int. */
function overflowsInSeconds(times: Float64Array, begin: number, count: number): boolean {
	let earliest = times[begin]!;
	let latest = earliest;
	for (let k = begin + 1; k < begin + count; k++) {
		const time = times[k]!;
		if (time < earliest) earliest = time;
		if (time > latest) latest = time;
	}
	if (latest - earliest <= SURELY_NEAR) return false;
	const firstSecond = wholeSeconds(times[begin]!);
	let second = firstSecond;
	for (let k = begin + 1; k < begin + count; k++) {
		const next = wholeSeconds(times[k]!);
		if (!isInt32(next - second) || !isInt32(next - firstSecond)) return true;
		second = next;
	}
	return false;
}

/** Microseconds within which no difference in whole seconds overflows: most flows need no division for this check. */
const SURELY_NEAR = (INT32_MAX - 1) * 1e6;

function wholeSeconds(microseconds: number): number {
	return Math.floor(microseconds / 1e6);
}

function isInt32(value: number): boolean {
	return value >= INT32_MIN && value <= INT32_MAX;
}
