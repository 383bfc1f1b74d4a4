import { writeAddress } from "./address.ts";
import { type BuilderOptions, FlowColumnsBuilder } from "./columns-builder.ts";
import type { TextExtra } from "./columns-schema.ts";
import type { Flow } from "./flow.ts";
import type { FlowColumns } from "./flow-columns.ts";

const TEXT_EXTRAS: readonly TextExtra[] = [
	"label",
	"longPayload",
	"longPayloadReverse",
	"alpn",
	"quicServerName",
	"quicAlpn",
	"ja3",
	"ja4",
	"resolvedName",
];
const utf8 = new TextEncoder();

/**
 * Flows as a batch: for programs that have objects, and for tests. An extra column exists if any flow has its value.
 */
export function columnsOfFlows(flows: readonly Flow[]): FlowColumns {
	const options: BuilderOptions = {
		extras: TEXT_EXTRAS.filter((name) => flows.some((flow) => flow[name] !== undefined)),
		vlan: flows.some((flow) => flow.vlan !== undefined),
	};
	const builder = new FlowColumnsBuilder(options);
	for (const flow of flows) appendFlow(builder, flow);
	return builder.columns();
}

/** Appends one flow to the batch; an invalid address is written as `::`. */
export function appendFlow(builder: FlowColumnsBuilder, flow: Flow): void {
	const i = builder.length;
	builder.addresses.fill(0, i * 32, i * 32 + 32);
	writeAddress(flow.sourceAddress, builder.addresses, i * 32);
	writeAddress(flow.destinationAddress, builder.addresses, i * 32 + 16);
	builder.bytes[i] = flow.bytes;
	builder.bytesReverse[i] = flow.bytesReverse;
	builder.packets[i] = flow.packets;
	builder.packetsReverse[i] = flow.packetsReverse;
	builder.timeFirst[i] = flow.timeFirst;
	builder.timeLast[i] = flow.timeLast;
	builder.sourcePort[i] = flow.sourcePort;
	builder.destinationPort[i] = flow.destinationPort;
	builder.protocol[i] = flow.protocol;
	builder.tcpFlags[i] = flow.tcpFlags;
	builder.tcpFlagsReverse[i] = flow.tcpFlagsReverse;
	for (const length of flow.packetLengths) builder.packetLengths.push(length);
	for (const direction of flow.packetDirections) builder.packetDirections.push(direction);
	for (const flags of flow.packetFlags) builder.packetFlags.push(flags);
	for (const time of flow.packetTimes) builder.packetTimes.push(time);
	builder.payload.append(flow.payload);
	builder.payloadReverse.append(flow.payloadReverse);
	builder.serverName.append(utf8.encode(flow.serverName));
	for (const name of TEXT_EXTRAS) {
		const value = flow[name];
		if (value !== undefined) builder.extras[name]?.append(typeof value === "string" ? utf8.encode(value) : value);
	}
	if (builder.vlan) builder.vlan[i] = flow.vlan ?? 0;
	builder.endFlow();
}
