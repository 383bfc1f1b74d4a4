import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";

/** Records of flows; records of exporters, samplers and the like are passed over (nfdump 1.7, `nfxV3.h`). */
const FLOW_RECORD = 11;
const RECORD_HEADER = 12;
const ELEMENT_HEADER = 4;
const ELEMENT = { GENERIC: 1, IPV4: 2, IPV6: 3, COUNTERS: 5 } as const;
/** Bytes of an element, its header included. */
const LENGTHS: Readonly<Record<number, number>> = {
	[ELEMENT.GENERIC]: 52,
	[ELEMENT.IPV4]: 12,
	[ELEMENT.IPV6]: 36,
	[ELEMENT.COUNTERS]: 28,
};

/** Decodes the records of a block of a file of layout 2. */
export function readNfdumpBlock(block: Uint8Array, builder: FlowColumnsBuilder, counters: SourceCounters): void {
	const view = new DataView(block.buffer, block.byteOffset, block.length);
	for (let at = 0; at + 4 <= block.length; ) {
		const type = view.getUint16(at, true);
		const size = view.getUint16(at + 2, true);
		if (size < 4 || at + size > block.length) {
			countMalformed(counters, "nfdump: record cut");
			return;
		}
		if (type === FLOW_RECORD && !readFlow(view, at, at + size, builder))
			countMalformed(counters, "nfdump: impossible record");
		at += size;
	}
}

/** Appends the flow of a record; false, and nothing appended, where it lacks its ends or counts, or is cut. */
function readFlow(view: DataView, begin: number, end: number, builder: FlowColumnsBuilder): boolean {
	if (end - begin < RECORD_HEADER) return false;
	const i = builder.length;
	builder.packetsReverse[i] = 0;
	builder.bytesReverse[i] = 0;
	builder.tcpFlagsReverse[i] = 0;
	let hasAddresses = false;
	let hasCounts = false;
	let at = begin + RECORD_HEADER;
	for (let left = view.getUint16(begin + 4, true); left > 0; left--) {
		if (at + ELEMENT_HEADER > end) return false;
		const type = view.getUint16(at, true);
		const length = view.getUint16(at + 2, true);
		if (length < ELEMENT_HEADER || at + length > end || length < (LENGTHS[type] ?? 0)) return false;
		const values = at + ELEMENT_HEADER;
		if (type === ELEMENT.GENERIC) hasCounts = readGeneric(view, values, builder);
		else if (type === ELEMENT.IPV4) {
			writeIPv4(view, values, builder.addresses, i * 32);
			writeIPv4(view, values + 4, builder.addresses, i * 32 + 16);
			hasAddresses = true;
		} else if (type === ELEMENT.IPV6) {
			for (let k = 0; k < 4; k++) writeBackwards(view, values + 8 * k, builder.addresses, i * 32 + 8 * k);
			hasAddresses = true;
		} else if (type === ELEMENT.COUNTERS) {
			// Behind the number of flows that were aggregated: what came back.
			builder.packetsReverse[i] = Number(view.getBigUint64(values + 8, true));
			builder.bytesReverse[i] = Number(view.getBigUint64(values + 16, true));
		}
		at += length;
	}
	if (!hasAddresses || !hasCounts) return false;
	builder.endFlow();
	return true;
}

/** First and last packet in ms, when it was received, packets, bytes, ports, protocol, flags. False for impossible times. */
function readGeneric(view: DataView, at: number, builder: FlowColumnsBuilder): boolean {
	const i = builder.length;
	const first = Number(view.getBigUint64(at, true)) * 1000;
	const last = Number(view.getBigUint64(at + 8, true)) * 1000;
	builder.timeFirst[i] = first;
	builder.timeLast[i] = last;
	builder.packets[i] = Number(view.getBigUint64(at + 24, true));
	builder.bytes[i] = Number(view.getBigUint64(at + 32, true));
	builder.sourcePort[i] = view.getUint16(at + 40, true);
	builder.destinationPort[i] = view.getUint16(at + 42, true);
	builder.protocol[i] = view.getUint8(at + 44);
	builder.tcpFlags[i] = view.getUint8(at + 45);
	return last >= first && last <= Number.MAX_SAFE_INTEGER;
}

function writeIPv4(view: DataView, at: number, into: Uint8Array, to: number): void {
	into.fill(0, to, to + 8);
	for (let k = 0; k < 4; k++) into[to + 8 + k] = view.getUint8(at + 3 - k);
	into.fill(0xff, to + 12, to + 16);
}

/** Half an IPv6 address, which stands there as one number of 64 bits. */
function writeBackwards(view: DataView, at: number, into: Uint8Array, to: number): void {
	for (let k = 0; k < 8; k++) into[to + k] = view.getUint8(at + 7 - k);
}
