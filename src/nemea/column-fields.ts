import type { ExtraColumns, FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import type { UnirecType } from "../flow/unirec-fields.ts";
import { copyExactly, copySixteen } from "./copy-run.ts";
import { TEXT_EXTRA_FIELDS, VLAN_FIELD } from "./flow-fields.ts";
import { LastView } from "./last-view.ts";
import { writeTime } from "./time.ts";

/** How a column of a batch becomes a field of a record. */
export interface ColumnField {
	readonly type: UnirecType;
	readonly dynamic: boolean;
	/** Size of flow i's value in bytes, for dynamic fields. */
	length(flows: FlowColumns, i: number): number;
	/** Writes flow i's value at `at`. */
	write(flows: FlowColumns, i: number, into: DataView, at: number): void;
}

/** Returns a writer for the field of this NEMEA name; undefined if no column holds it. Each encoder needs its own. */
export function columnField(name: string): ColumnField | undefined {
	return FIELDS.get(name)?.();
}

const ADDRESS_LENGTH = 16;

const FIELDS: ReadonlyMap<string, () => ColumnField> = new Map<string, () => ColumnField>([
	["DST_IP", () => address(ADDRESS_LENGTH)],
	["SRC_IP", () => address(0)],
	["SRC_PORT", () => fixed("uint16", (flows, i, into, at) => into.setUint16(at, flows.sourcePort[i]!, true))],
	["DST_PORT", () => fixed("uint16", (flows, i, into, at) => into.setUint16(at, flows.destinationPort[i]!, true))],
	["PROTOCOL", () => fixed("uint8", (flows, i, into, at) => into.setUint8(at, flows.protocol[i]!))],
	["BYTES", () => fixed("uint64", (flows, i, into, at) => writeUint64(flows.bytes[i]!, into, at))],
	["BYTES_REV", () => fixed("uint64", (flows, i, into, at) => writeUint64(flows.bytesReverse[i]!, into, at))],
	["PACKETS", () => fixed("uint32", (flows, i, into, at) => writeUint32(flows.packets[i]!, into, at))],
	["PACKETS_REV", () => fixed("uint32", (flows, i, into, at) => writeUint32(flows.packetsReverse[i]!, into, at))],
	["TIME_FIRST", () => fixed("time", (flows, i, into, at) => writeTime(flows.timeFirst[i]!, into, at))],
	["TIME_LAST", () => fixed("time", (flows, i, into, at) => writeTime(flows.timeLast[i]!, into, at))],
	["TCP_FLAGS", () => fixed("uint8", (flows, i, into, at) => into.setUint8(at, flows.tcpFlags[i]!))],
	["TCP_FLAGS_REV", () => fixed("uint8", (flows, i, into, at) => into.setUint8(at, flows.tcpFlagsReverse[i]!))],
	["PPI_PKT_LENGTHS", () => list("uint16*", 2, (flows) => flows.packetLengths, writeLengths)],
	["PPI_PKT_DIRECTIONS", () => bytes("int8*", (flows) => flows.packetDirections)],
	["PPI_PKT_FLAGS", () => bytes("uint8*", (flows) => flows.packetFlags)],
	["PPI_PKT_TIMES", () => list("time*", 8, (flows) => flows.packetTimes, writeTimes)],
	["IDP_CONTENT", () => bytes("bytes", (flows) => flows.payload)],
	["IDP_CONTENT_REV", () => bytes("bytes", (flows) => flows.payloadReverse)],
	["TLS_SNI", () => bytes("string", (flows) => flows.serverName)],
	[
		VLAN_FIELD.name,
		() => fixed("uint16", (flows, i, into, at) => into.setUint16(at, flows.extras.vlan?.[i] ?? 0, true)),
	],
	...TEXT_EXTRA_FIELDS.map(([extra, { name, type }]): [string, () => ColumnField] => [
		name,
		() => bytes(type, (flows) => flows.extras[extra as keyof ExtraColumns] as ListColumn<Uint8Array> | undefined),
	]),
]);

function fixed(type: UnirecType, write: ColumnField["write"]): ColumnField {
	return { type, dynamic: false, length: () => 0, write };
}

/** The flow's address that begins at `offset` of its two. */
function address(offset: number): ColumnField {
	const addresses = new LastView();
	return fixed("ipaddr", (flows, i, into, at) =>
		copySixteen(addresses.of(flows.addresses), i * 2 * ADDRESS_LENGTH + offset, into, at),
	);
}

function list<A extends Uint8Array | Int8Array | Uint16Array | Float64Array>(
	type: UnirecType,
	size: number,
	of: (flows: FlowColumns) => ListColumn<A> | undefined,
	write: (values: A, begin: number, end: number, into: DataView, at: number) => void,
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
			if (column) write(column.values, column.offsets[i]!, column.offsets[i + 1]!, into, at);
		},
	};
}

function bytes(
	type: UnirecType,
	of: (flows: FlowColumns) => ListColumn<Uint8Array> | ListColumn<Int8Array> | undefined,
): ColumnField {
	const view = new LastView();
	return list<Uint8Array | Int8Array>(type, 1, of, (values, begin, end, into, at) =>
		copyExactly(view.of(values), begin, into, at, end - begin),
	);
}

function writeLengths(values: Uint16Array, begin: number, end: number, into: DataView, at: number): void {
	for (let k = begin; k < end; k++) into.setUint16(at + (k - begin) * 2, values[k]!, true);
}

function writeTimes(values: Float64Array, begin: number, end: number, into: DataView, at: number): void {
	for (let k = begin; k < end; k++) writeTime(values[k]!, into, at + (k - begin) * 8);
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
