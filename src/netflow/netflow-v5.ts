import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { ByteCursor } from "../bytes/cursor.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";

export const NETFLOW_V5 = 5;
const HEADER_LENGTH = 24;
const RECORD_LENGTH = 48;
/** A datagram has at most this many records ("NetFlow Export Datagram Format", Cisco). */
const MOST_RECORDS = 30;

/** Where an exporter's sequence numbers stand: they count flows, per engine. */
export interface V5Sequence {
	/** The next number, or -1 where it is not known. */
	expected: number;
	/** Flows that were lost on the way. */
	lost: number;
}

/**
 * Decodes a NetFlow version 5 datagram `bytes[begin … end)` into uniflows: 24 bytes of header, then records of 48 bytes.
 * Times are milliseconds of the router's uptime, which the header puts in relation to its clock. Counters are multiplied
 * by the sampling interval of the header. Returns the number of records.
 */
export function decodeNetflowV5(
	bytes: Uint8Array,
	begin: number,
	end: number,
	builder: FlowColumnsBuilder,
	sequence: V5Sequence,
	counters: SourceCounters,
): number {
	const cursor = new ByteCursor(bytes, begin + 2, end);
	const count = cursor.u16();
	const uptime = cursor.u32();
	const seconds = cursor.u32();
	const nanoseconds = cursor.u32();
	const number = cursor.u32();
	cursor.skip(2);
	const samplingWord = cursor.u16();
	if (cursor.failed || count === 0 || count > MOST_RECORDS || end - begin < HEADER_LENGTH + count * RECORD_LENGTH) {
		countMalformed(counters, "netflow: datagram cut");
		return 0;
	}
	followSequence(sequence, number, count, counters);
	// The upper two bits are the sampling mode; an interval of 0 means that every packet counts.
	const sampling = Math.max(1, samplingWord & 0x3fff);
	const bootTime = seconds * 1e6 + nanoseconds / 1e3 - uptime * 1e3;
	for (let k = 0; k < count; k++) decodeRecord(cursor, builder, bootTime, sampling, counters);
	return count;
}

/** Numbers that are behind are datagrams that were overtaken, or a router that was restarted: counting begins anew. */
function followSequence(sequence: V5Sequence, number: number, count: number, counters: SourceCounters): void {
	const ahead = (number - sequence.expected) >>> 0;
	if (sequence.expected >= 0 && ahead !== 0 && ahead < 2 ** 31) {
		sequence.lost += ahead;
		countMalformed(counters, "netflow: record lost on the way", ahead);
	}
	sequence.expected = (number + count) % 2 ** 32;
}

function decodeRecord(
	cursor: ByteCursor,
	builder: FlowColumnsBuilder,
	bootTime: number,
	sampling: number,
	counters: SourceCounters,
): void {
	const i = builder.length;
	writeIPv4(cursor, builder.addresses, i * 32);
	writeIPv4(cursor, builder.addresses, i * 32 + 16);
	// Next hop and interfaces.
	cursor.skip(8);
	builder.packets[i] = cursor.u32() * sampling;
	builder.bytes[i] = cursor.u32() * sampling;
	const first = cursor.u32();
	const last = cursor.u32();
	builder.sourcePort[i] = cursor.u16();
	builder.destinationPort[i] = cursor.u16();
	cursor.skip(1);
	builder.tcpFlags[i] = cursor.u8();
	builder.protocol[i] = cursor.u8();
	// Type of service, autonomous systems, masks, padding.
	cursor.skip(9);
	const timeFirst = Math.round(bootTime + first * 1e3);
	const timeLast = Math.round(bootTime + last * 1e3);
	if (timeFirst < 0 || timeLast < timeFirst) {
		countMalformed(counters, "netflow: impossible times");
		return;
	}
	builder.timeFirst[i] = timeFirst;
	builder.timeLast[i] = timeLast;
	builder.packetsReverse[i] = 0;
	builder.bytesReverse[i] = 0;
	builder.tcpFlagsReverse[i] = 0;
	builder.endFlow();
}

function writeIPv4(cursor: ByteCursor, into: Uint8Array, offset: number): void {
	into.fill(0, offset, offset + 8);
	for (let k = 0; k < 4; k++) into[offset + 8 + k] = cursor.u8();
	into.fill(0xff, offset + 12, offset + 16);
}
