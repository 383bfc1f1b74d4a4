import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { copySixteen } from "./copy-run.ts";
import { VLAN_FIELD } from "./flow-fields.ts";
import type { RecordBlock } from "./record-lists.ts";
import type { Template } from "./template.ts";
import { microsecondsOf } from "./time.ts";

const TWO_TO_THE_32ND = 4294967296;
const ADDRESS_LENGTH = 16;

/** Offsets of a flow's fixed fields in a record; -1 for fields that the sender lacks. */
export type ScalarOffsets = ReturnType<typeof scalarOffsets>;

export function scalarOffsets(template: Template) {
	const at = (name: string, type: string): number => {
		const field = template.byName.get(name);
		return field?.type === type ? field.offset : -1;
	};
	return {
		source: at("SRC_IP", "ipaddr"),
		destination: at("DST_IP", "ipaddr"),
		sourcePort: at("SRC_PORT", "uint16"),
		destinationPort: at("DST_PORT", "uint16"),
		protocol: at("PROTOCOL", "uint8"),
		bytes: at("BYTES", "uint64"),
		bytesReverse: at("BYTES_REV", "uint64"),
		packets: at("PACKETS", "uint32"),
		packetsReverse: at("PACKETS_REV", "uint32"),
		timeFirst: at("TIME_FIRST", "time"),
		timeLast: at("TIME_LAST", "time"),
		tcpFlags: at("TCP_FLAGS", "uint8"),
		tcpFlagsReverse: at("TCP_FLAGS_REV", "uint8"),
		vlan: at(VLAN_FIELD.name, VLAN_FIELD.type),
	};
}

/** Writes the fixed fields of the block's records behind the flows that the builder has: there must be room for them. */
export function appendScalars(block: RecordBlock, offsets: ScalarOffsets, builder: FlowColumnsBuilder): void {
	appendAddresses(block, offsets, builder);
	appendCounts(block, offsets, builder);
	appendTimes(block, offsets, builder);
	appendPorts(block, offsets, builder);
}

function appendAddresses(block: RecordBlock, offsets: ScalarOffsets, builder: FlowColumnsBuilder): void {
	const { view, begins, first, end } = block;
	const { source, destination } = offsets;
	const { addresses, length } = builder;
	const target = new DataView(addresses.buffer, addresses.byteOffset, addresses.byteLength);
	let at = length * 2 * ADDRESS_LENGTH;
	for (let k = first; k < end; k++, at += 2 * ADDRESS_LENGTH) {
		const begin = begins[k]! | 0;
		copySixteen(view, begin + source, target, at);
		copySixteen(view, begin + destination, target, at + ADDRESS_LENGTH);
	}
}

function appendCounts(block: RecordBlock, offsets: ScalarOffsets, builder: FlowColumnsBuilder): void {
	const { view, begins, first, end } = block;
	const { bytes, bytesReverse, packets, packetsReverse, length } = builder;
	for (let k = first, i = length; k < end; k++, i++) {
		const begin = begins[k]! | 0;
		bytes[i] = uint64(view, begin + offsets.bytes);
		bytesReverse[i] = uint64(view, begin + offsets.bytesReverse);
		packets[i] = view.getUint32(begin + offsets.packets, true);
		packetsReverse[i] = view.getUint32(begin + offsets.packetsReverse, true);
	}
}

function appendTimes(block: RecordBlock, offsets: ScalarOffsets, builder: FlowColumnsBuilder): void {
	const { view, begins, first, end } = block;
	const { timeFirst, timeLast, length } = builder;
	for (let k = first, i = length; k < end; k++, i++) {
		const begin = begins[k]! | 0;
		timeFirst[i] = time(view, begin + offsets.timeFirst);
		timeLast[i] = time(view, begin + offsets.timeLast);
	}
}

function appendPorts(block: RecordBlock, offsets: ScalarOffsets, builder: FlowColumnsBuilder): void {
	const { view, begins, first, end } = block;
	const { sourcePort, destinationPort, protocol, tcpFlags, tcpFlagsReverse, vlan, length } = builder;
	const { tcpFlags: flagsAt, tcpFlagsReverse: flagsReverseAt } = offsets;
	for (let k = first, i = length; k < end; k++, i++) {
		const begin = begins[k]! | 0;
		sourcePort[i] = view.getUint16(begin + offsets.sourcePort, true);
		destinationPort[i] = view.getUint16(begin + offsets.destinationPort, true);
		protocol[i] = view.getUint8(begin + offsets.protocol);
		tcpFlags[i] = flagsAt < 0 ? 0 : view.getUint8(begin + flagsAt);
		tcpFlagsReverse[i] = flagsReverseAt < 0 ? 0 : view.getUint8(begin + flagsReverseAt);
		if (vlan) vlan[i] = view.getUint16(begin + offsets.vlan, true);
	}
}

/** Rounded once: the upper half times 2^32 is exact. */
function uint64(view: DataView, at: number): number {
	return view.getUint32(at + 4, true) * TWO_TO_THE_32ND + view.getUint32(at, true);
}

function time(view: DataView, at: number): number {
	return microsecondsOf(view.getUint32(at + 4, true), view.getUint32(at, true));
}
