import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { ByteCursor } from "../bytes/cursor.ts";

export const SFLOW_V5 = 5;

/** One sampled packet: its first bytes as they were on the wire. */
export interface SampledPacket {
	/** pcap's link type of the header: 1 is Ethernet. */
	linkType: number;
	/** The header is `bytes[begin … end)` of the datagram. */
	begin: number;
	end: number;
	/** Length of the packet on the wire, in bytes, from the link layer on. */
	frameLength: number;
	/** One packet of so many was sampled. */
	samplingRate: number;
}

/** sFlow's `header_protocol` (sflow_version_5.txt, "header_protocol") as pcap's link types; others are not decoded. */
const LINK_TYPES: Readonly<Record<number, number>> = { 1: 1, 11: 228, 12: 229 };

/** Formats with enterprise 0. */
const FLOW_SAMPLE = 1;
const COUNTER_SAMPLE = 2;
const EXPANDED_FLOW_SAMPLE = 3;
const EXPANDED_COUNTER_SAMPLE = 4;
const RAW_PACKET_HEADER = 1;
const MOST_SAMPLES = 1024;

/**
 * Calls `each` with the sampled packets of an sFlow version 5 datagram (sflow.org, "sFlow Version 5"). The object handed over
 * is reused. Samples of other kinds are passed over; what is cut is counted.
 */
export function readSflowDatagram(
	bytes: Uint8Array,
	begin: number,
	end: number,
	counters: SourceCounters,
	each: (packet: SampledPacket) => void,
): void {
	const cursor = new ByteCursor(bytes, begin + 4, end);
	const agentVersion = cursor.u32();
	// The agent's address, its sub-agent, the number of the datagram, its uptime.
	cursor.skip((agentVersion === 2 ? 16 : 4) + 12);
	const samples = cursor.u32();
	if (cursor.failed || samples > MOST_SAMPLES) {
		countMalformed(counters, "sflow: datagram cut");
		return;
	}
	for (let k = 0; k < samples && !cursor.failed; k++) readSample(cursor, counters, each);
	if (cursor.failed) countMalformed(counters, "sflow: sample cut");
}

function readSample(cursor: ByteCursor, counters: SourceCounters, each: (packet: SampledPacket) => void): void {
	const format = cursor.u32();
	const length = cursor.u32();
	const outer = cursor.enter(length);
	if (format === FLOW_SAMPLE || format === EXPANDED_FLOW_SAMPLE) readFlowSample(cursor, format, counters, each);
	else if (format !== COUNTER_SAMPLE && format !== EXPANDED_COUNTER_SAMPLE)
		countMalformed(counters, "sflow: sample of an unknown kind");
	cursor.leave(outer);
}

function readFlowSample(
	cursor: ByteCursor,
	format: number,
	counters: SourceCounters,
	each: (packet: SampledPacket) => void,
): void {
	// The number of the sample, and its source (two words where expanded).
	cursor.skip(format === FLOW_SAMPLE ? 8 : 12);
	const samplingRate = Math.max(1, cursor.u32());
	// The pool of packets, drops, interfaces in and out (two words each where expanded).
	cursor.skip(format === FLOW_SAMPLE ? 16 : 24);
	const records = cursor.u32();
	for (let k = 0; k < records && !cursor.failed && cursor.remaining > 0; k++) {
		const kind = cursor.u32();
		const outer = cursor.enter(cursor.u32());
		if (kind === RAW_PACKET_HEADER) readHeader(cursor, samplingRate, counters, each);
		cursor.leave(outer);
	}
}

const packet: SampledPacket = { linkType: 0, begin: 0, end: 0, frameLength: 0, samplingRate: 0 };

function readHeader(
	cursor: ByteCursor,
	samplingRate: number,
	counters: SourceCounters,
	each: (packet: SampledPacket) => void,
): void {
	const linkType = LINK_TYPES[cursor.u32()];
	packet.frameLength = cursor.u32();
	// Bytes that the switch took off the end, such as the checksum of the frame.
	cursor.skip(4);
	const length = cursor.u32();
	const at = cursor.take(length);
	if (at < 0) return;
	if (linkType === undefined) {
		countMalformed(counters, "sflow: header of a link layer that is not decoded");
		return;
	}
	packet.linkType = linkType;
	packet.begin = at;
	packet.end = at + length;
	packet.samplingRate = samplingRate;
	each(packet);
}
