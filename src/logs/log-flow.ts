import { writeAddress } from "../flow/address.ts";
import { ALERT_ATTRIBUTE } from "../flow/alert-attribute.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowNames } from "./flow-names.ts";
import type { LogTarget } from "./log-reader.ts";

/** One flow as a log of another sensor tells it. Times in microseconds since the epoch. */
export interface LogFlow {
	readonly source: string;
	readonly destination: string;
	readonly sourcePort: number;
	readonly destinationPort: number;
	/** IP protocol number. */
	readonly protocol: number;
	/** IP bytes, or bytes of payload where the log has only these. */
	readonly bytes: number;
	readonly bytesReverse: number;
	readonly packets: number;
	readonly packetsReverse: number;
	readonly timeFirst: number;
	readonly timeLast: number;
	readonly tcpFlags: number;
	readonly tcpFlagsReverse: number;
	readonly names: FlowNames;
}

/** Names in TLS have at most 255 bytes (RFC 1035, 2.3.4); signatures are cut here. */
const LONGEST_TEXT = 255;
const utf8 = new TextEncoder();

/** The columns that logs fill. */
export function logFlowBuilder(): FlowColumnsBuilder {
	return new FlowColumnsBuilder({ extras: ["ja3", "ja4", "resolvedName"], attributes: [ALERT_ATTRIBUTE] });
}

/** Appends one flow; false (and nothing appended) where an address, a port, a count or a time is not one. */
export function appendLogFlow({ builder, resolved }: LogTarget, flow: LogFlow): boolean {
	const i = builder.length;
	if (!writeAddress(flow.source, builder.addresses, i * 32)) return false;
	if (!writeAddress(flow.destination, builder.addresses, i * 32 + 16)) return false;
	if (!isPort(flow.sourcePort) || !isPort(flow.destinationPort) || !(flow.protocol >= 0 && flow.protocol < 256))
		return false;
	if (!(flow.timeFirst >= 0 && flow.timeLast >= flow.timeFirst)) return false;
	builder.sourcePort[i] = flow.sourcePort;
	builder.destinationPort[i] = flow.destinationPort;
	builder.protocol[i] = flow.protocol;
	builder.bytes[i] = countOf(flow.bytes);
	builder.bytesReverse[i] = countOf(flow.bytesReverse);
	builder.packets[i] = countOf(flow.packets);
	builder.packetsReverse[i] = countOf(flow.packetsReverse);
	builder.timeFirst[i] = Math.round(flow.timeFirst);
	builder.timeLast[i] = Math.round(flow.timeLast);
	builder.tcpFlags[i] = flow.tcpFlags;
	builder.tcpFlagsReverse[i] = flow.tcpFlagsReverse;
	const { serverName, ja3, ja4, alert } = flow.names;
	const resolvedName = resolved.nameOf(builder.addresses, i, flow.timeFirst);
	if (serverName) builder.serverName.append(bytesOf(serverName));
	if (ja3) builder.extras.ja3!.append(bytesOf(ja3));
	if (ja4) builder.extras.ja4!.append(bytesOf(ja4));
	if (resolvedName) builder.extras.resolvedName!.append(resolvedName);
	if (alert) builder.attributes[ALERT_ATTRIBUTE]!.append(bytesOf(alert));
	builder.endFlow();
	return true;
}

function bytesOf(text: string): Uint8Array {
	return utf8.encode(text.slice(0, LONGEST_TEXT)).subarray(0, LONGEST_TEXT);
}

/** A count that is missing or impossible counts as 0: logs leave out what they did not see. */
function countOf(value: number): number {
	return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.floor(value) : 0;
}

function isPort(value: number): boolean {
	return Number.isInteger(value) && value >= 0 && value <= 0xffff;
}

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, "ipv6-icmp": 58, sctp: 132 };

/** The protocol number of a name or of a number as text; NaN for neither. */
export function protocolNumber(text: unknown): number {
	if (typeof text === "number") return text;
	if (typeof text !== "string") return Number.NaN;
	return PROTOCOLS[text.toLowerCase()] ?? (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);
}
