import type { FlowColumnsBuilder } from "../../src/flow/columns-builder.ts";
import type { SeenPacket } from "./transport.ts";

/** Cuts of the reference exporter, in seconds. */
export interface CutTimes {
	readonly active: number;
	readonly inactive: number;
}

export const TCP = 6;
export const UDP = 17;
/** Payload packets a flow record lists. */
const LISTED = 30;
/** Packets each way below which a flow's shape is not judged. */
const LEAST_PACKETS = 8;

/** Cuts a conversation's packets, in order of time, as the exporter would; packets before `begin` were not observed. */
export function cutFlows(packets: readonly SeenPacket[], cut: CutTimes, begin = 0): SeenPacket[][] {
	const flows: SeenPacket[][] = [];
	let flow: SeenPacket[] = [];
	for (const packet of packets) {
		if (packet.at < begin) continue;
		const first = flow[0];
		if (first && (packet.at - flow.at(-1)!.at >= cut.inactive || packet.at - first.at >= cut.active)) {
			flows.push(flow);
			flow = [];
		}
		flow.push(packet);
	}
	flows.push(flow);
	return flows.filter((packets) => {
		const fromServer = packets.filter((packet) => packet.fromServer).length;
		const listed = packets.filter((packet) => packet.length > 0).length;
		return fromServer >= LEAST_PACKETS && packets.length - fromServer >= LEAST_PACKETS && listed >= 2;
	});
}

/** A flow record under construction from packets; the record's source is the client, or the server where `flipped`. */
export function appendFlow(
	builder: FlowColumnsBuilder,
	packets: readonly SeenPacket[],
	headers: number,
	flipped = false,
	protocol = TCP,
): void {
	const i = builder.length;
	builder.bytes[i] = builder.bytesReverse[i] = builder.packets[i] = builder.packetsReverse[i] = 0;
	builder.tcpFlags[i] = builder.tcpFlagsReverse[i] = 0;
	builder.protocol[i] = protocol;
	builder.addresses.fill(0, i * 32, i * 32 + 32);
	let listed = 0;
	for (const { at, fromServer, length, flags } of packets) {
		const back = fromServer !== flipped;
		if (back) {
			builder.bytesReverse[i]! += headers + length;
			builder.packetsReverse[i]!++;
			builder.tcpFlagsReverse[i]! |= flags;
		} else {
			builder.bytes[i]! += headers + length;
			builder.packets[i]!++;
			builder.tcpFlags[i]! |= flags;
		}
		if (length > 0 && listed < LISTED) {
			builder.packetLengths.push(length);
			builder.packetDirections.push(back ? -1 : 1);
			builder.packetFlags.push(flags);
			builder.packetTimes.push(Math.round(at * 1e6));
			listed++;
		}
	}
	builder.timeFirst[i] = Math.round(packets[0]!.at * 1e6);
	builder.timeLast[i] = Math.round(packets.at(-1)!.at * 1e6);
	builder.endFlow();
}
