import type { FlowColumns } from "../flow/flow-columns.ts";

/** Microseconds without payload from the client after which payload from the server is a push, and since the push before. */
const CLIENT_SILENCE = 2e6;
const BETWEEN_PUSHES = 1e6;
/** Packets in a full list: what came later is unknown. */
const FULL_LIST = 30;

/** Pushes, and the time in which all of them are known. */
export interface Observation {
	readonly begin: number;
	readonly end: number;
	readonly pushes: Float64Array;
}

/**
 * The pushes that flow i's packet list shows, by the meter's definition: payload from the server after at least 2 s without
 * payload from the client, at least 1 s after the push before. A record begins as if its client had just asked.
 */
export function listedPushes(flows: FlowColumns, i: number, clientIsSource: boolean): Observation {
	const { values: times, offsets } = flows.packetTimes;
	const { packetDirections, packetLengths, timeFirst, timeLast } = flows;
	const [first, last] = [offsets[i]!, offsets[i + 1]!];
	const ofServer = clientIsSource ? -1 : 1;
	// Columns may be of different lengths where a source is broken.
	const count = Math.min(
		last - first,
		packetDirections.offsets[i + 1]! - packetDirections.offsets[i]!,
		packetLengths.offsets[i + 1]! - packetLengths.offsets[i]!,
	);
	const pushes: number[] = [];
	let asked = timeFirst[i]!;
	for (let k = 0; k < count; k++) {
		if (packetLengths.values[packetLengths.offsets[i]! + k] === 0) continue;
		const time = times[first + k]!;
		if (packetDirections.values[packetDirections.offsets[i]! + k] !== ofServer) asked = time;
		else if (time - asked >= CLIENT_SILENCE && time - (pushes.at(-1) ?? -Infinity) >= BETWEEN_PUSHES) pushes.push(time);
	}
	const end = last - first >= FULL_LIST ? times[last - 1]! : timeLast[i]!;
	return { begin: timeFirst[i]!, end, pushes: Float64Array.from(pushes) };
}
