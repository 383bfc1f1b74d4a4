import type { ExtraColumns, FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import type { UnirecType } from "../flow/unirec-fields.ts";
import { TEXT_EXTRA_FIELDS, VLAN_FIELD } from "./flow-fields.ts";
import { writeTime } from "./time.ts";

/** How a column of a batch becomes a field of a record. */
export interface ColumnField {
	readonly type: UnirecType;
	readonly dynamic: boolean;
	/** Bytes of flow i's value; what a dynamic field needs. */
	length(flows: FlowColumns, i: number): number;
	/** Writes flow i's value at `at`. */
	write(flows: FlowColumns, i: number, into: DataView, at: number): void;
}

/** The column that holds a field, by the field's NEMEA name. */
export function columnField(name: string): ColumnField | undefined {
	return FIELDS.get(name);
}

type List = ListColumn<Uint8Array> | ListColumn<Int8Array> | ListColumn<Uint16Array> | ListColumn<Float64Array>;

const FIELDS: ReadonlyMap<string, ColumnField> = new Map<string, ColumnField>([
	["DST_IP", fixed("ipaddr", (flows, i, into, at) => writeBytes(flows.addresses, i * 32 + 16, i * 32 + 32, into, at))],
	["SRC_IP", fixed("ipaddr", (flows, i, into, at) => writeBytes(flows.addresses, i * 32, i * 32 + 16, into, at))],
	["SRC_PORT", fixed("uint16", (flows, i, into, at) => into.setUint16(at, flows.sourcePort[i]!, true))],
	["DST_PORT", fixed("uint16", (flows, i, into, at) => into.setUint16(at, flows.destinationPort[i]!, true))],
	["PROTOCOL", fixed("uint8", (flows, i, into, at) => into.setUint8(at, flows.protocol[i]!))],
	["BYTES", fixed("uint64", (flows, i, into, at) => writeUint64(flows.bytes[i]!, into, at))],
	["BYTES_REV", fixed("uint64", (flows, i, into, at) => writeUint64(flows.bytesReverse[i]!, into, at))],
	["PACKETS", fixed("uint32", (flows, i, into, at) => writeUint32(flows.packets[i]!, into, at))],
	["PACKETS_REV", fixed("uint32", (flows, i, into, at) => writeUint32(flows.packetsReverse[i]!, into, at))],
	["TIME_FIRST", fixed("time", (flows, i, into, at) => writeTime(flows.timeFirst[i]!, into, at))],
	["TIME_LAST", fixed("time", (flows, i, into, at) => writeTime(flows.timeLast[i]!, into, at))],
	["TCP_FLAGS", fixed("uint8", (flows, i, into, at) => into.setUint8(at, flows.tcpFlags[i]!))],
	["TCP_FLAGS_REV", fixed("uint8", (flows, i, into, at) => into.setUint8(at, flows.tcpFlagsReverse[i]!))],
	["PPI_PKT_LENGTHS", list("uint16*", 2, (flows) => flows.packetLengths, writeUint16)],
	["PPI_PKT_DIRECTIONS", list("int8*", 1, (flows) => flows.packetDirections, writeUint8)],
	["PPI_PKT_FLAGS", list("uint8*", 1, (flows) => flows.packetFlags, writeUint8)],
	["PPI_PKT_TIMES", list("time*", 8, (flows) => flows.packetTimes, writeTime)],
	["IDP_CONTENT", bytes("bytes", (flows) => flows.payload)],
	["IDP_CONTENT_REV", bytes("bytes", (flows) => flows.payloadReverse)],
	["TLS_SNI", bytes("string", (flows) => flows.serverName)],
	[VLAN_FIELD.name, fixed("uint16", (flows, i, into, at) => into.setUint16(at, flows.extras.vlan?.[i] ?? 0, true))],
	...TEXT_EXTRA_FIELDS.map(([extra, { name, type }]): [string, ColumnField] => [
		name,
		bytes(type, (flows) => flows.extras[extra as keyof ExtraColumns] as ListColumn<Uint8Array> | undefined),
	]),
]);

function fixed(type: UnirecType, write: ColumnField["write"]): ColumnField {
	return { type, dynamic: false, length: () => 0, write };
}

function list(
	type: UnirecType,
	size: number,
	of: (flows: FlowColumns) => List | undefined,
	write: (value: number, into: DataView, at: number) => void,
): ColumnField {
	return {
		type,
		dynamic: true,
		length: (flows, i) => {
			const column = of(flows);
			return column ? (column.offsets[i + 1]! - column.offsets[i]!) * size : 0;
		},
		write: (flows, i, into, at) => {
			const column = of(flows);
			if (!column) return;
			const begin = column.offsets[i]!;
			const end = column.offsets[i + 1]!;
			for (let k = begin; k < end; k++) write(column.values[k]!, into, at + (k - begin) * size);
		},
	};
}

function bytes(type: UnirecType, of: (flows: FlowColumns) => ListColumn<Uint8Array> | undefined): ColumnField {
	return list(type, 1, of, writeUint8);
}

function writeBytes(source: Uint8Array, begin: number, end: number, into: DataView, at: number): void {
	for (let k = begin; k < end; k++) into.setUint8(at + k - begin, source[k]!);
}

/** A count that a double holds exactly below 2^53; above the field's range its highest value. */
function writeUint64(value: number, into: DataView, at: number): void {
	const upper = Math.floor(value / 4294967296);
	into.setUint32(at, upper > 0xffffffff ? 0xffffffff : value - upper * 4294967296, true);
	into.setUint32(at + 4, Math.min(upper, 0xffffffff), true);
}

function writeUint32(value: number, into: DataView, at: number): void {
	into.setUint32(at, Math.min(value, 0xffffffff), true);
}

function writeUint16(value: number, into: DataView, at: number): void {
	into.setUint16(at, value, true);
}

function writeUint8(value: number, into: DataView, at: number): void {
	into.setUint8(at, value);
}
