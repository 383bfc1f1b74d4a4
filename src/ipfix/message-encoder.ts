import { isIPv4 } from "../flow/address.ts";
import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { PEN } from "./elements.ts";
import {
	EXPORTED_EXTRAS,
	type ExportContents,
	type ExportedField,
	exportedFields,
	exportLayout,
} from "./exported-fields.ts";
import { IPFIX_VERSION, MESSAGE_HEADER } from "./session.ts";

/** The longest possible message; one record must fit into it. */
export const MAX_MESSAGE = 65_535;
const SET_HEADER = 4;
/** First number of the reference exporter's templates: even ones for IPv4, odd ones for IPv6. */
const FIRST_TEMPLATE = 258;
const NTP_TO_UNIX = 2_208_988_800;
const TWO_32 = 2 ** 32;

/** The elements of packet lists and push times. */
const PACKET_LENGTHS = { pen: PEN.CESNET, id: 1013, size: 2 } as const;
const PACKET_MILLISECONDS = { pen: PEN.CESNET, id: 1014, size: 8 } as const;
const PACKET_FLAGS = { pen: PEN.CESNET, id: 1015, size: 1 } as const;
const PACKET_DIRECTIONS = { pen: PEN.CESNET, id: 1016, size: 1 } as const;
const PACKET_MICROSECONDS = { pen: PEN.OWN, id: 1, size: 8 } as const;
const PUSH_TIMES = { pen: PEN.OWN, id: 2, size: 8 } as const;

interface ItemElement {
	readonly pen: number;
	readonly id: number;
	readonly size: 1 | 2 | 8;
}

type NumberList = ListColumn<Uint8Array> | ListColumn<Int8Array> | ListColumn<Uint16Array> | ListColumn<Float64Array>;

/**
 * Encodes flows as IPFIX messages with the elements of CESNET's exporter, so that its collectors read ours and vice
 * versa. As there, packet times are whole milliseconds, unless `contents` is `complete`. Full messages go to `send`,
 * with the number of their records; their bytes are the encoder's own, valid during the call.
 */
export class MessageEncoder {
	/** Number of flows left out because no message can hold them. */
	tooLong = 0;
	readonly #send: (message: Uint8Array, records: number) => void;
	readonly #messageLength: number;
	readonly #longest: number;
	readonly #contents: ExportContents;
	readonly #bytes = new Uint8Array(MAX_MESSAGE);
	readonly #view = new DataView(this.#bytes.buffer);
	/** Combinations of extra columns with templates, in the order of their numbers. */
	readonly #layouts: number[] = [];
	/** Data records sent: the next message's sequence number. */
	#sequence = 0;
	#at = MESSAGE_HEADER;
	#setBegin = 0;
	#setId = 0;
	#records = 0;

	/** `messageLength` is the maximum of a message, unless a single record is longer; then `longest` is. */
	constructor(
		messageLength: number,
		longest: number,
		send: (message: Uint8Array, records: number) => void,
		contents: ExportContents = "collectors",
	) {
		this.#contents = contents;
		this.#messageLength = messageLength;
		this.#longest = longest;
		this.#send = send;
	}

	/** Adds the flows at these positions (default: all); `exportTime` is in seconds since 1970. */
	add(flows: FlowColumns, positions: Uint32Array | undefined, exportTime: number): void {
		const base = this.#templateOf(flows, exportTime);
		const count = positions?.length ?? flows.length;
		for (let k = 0; k < count; k++) {
			const i = positions ? positions[k]! : k;
			const isFour = isIPv4(flows.addresses, 32 * i) && isIPv4(flows.addresses, 32 * i + 16);
			const length = recordLength(flows, i, isFour, this.#contents);
			if (length > this.#longest - MESSAGE_HEADER - SET_HEADER) {
				this.tooLong++;
				continue;
			}
			if (this.#at + SET_HEADER + length > this.#messageLength) this.flush(exportTime);
			this.#openSet(isFour ? base : base + 1);
			this.#record(flows, i, isFour);
			this.#records++;
		}
	}

	/** Sends the added flows. */
	flush(exportTime: number): void {
		if (this.#at === MESSAGE_HEADER) return;
		this.#closeSet();
		const view = this.#view;
		view.setUint16(0, IPFIX_VERSION);
		view.setUint16(2, this.#at);
		view.setUint32(4, exportTime);
		view.setUint32(8, this.#sequence);
		view.setUint32(12, 0);
		this.#send(this.#bytes.subarray(0, this.#at), this.#records);
		this.#sequence = (this.#sequence + this.#records) % TWO_32;
		this.#records = 0;
		this.#at = MESSAGE_HEADER;
	}

	/** Sends all templates again, which a collector over UDP needs from time to time. */
	repeatTemplates(exportTime: number): void {
		this.flush(exportTime);
		for (const [k, layout] of this.#layouts.entries()) this.#sendTemplates(layout, k, exportTime);
	}

	/** Resets the state for a new connection: no templates sent, sequence number 0. */
	restart(exportTime: number): void {
		this.#at = MESSAGE_HEADER;
		this.#setId = 0;
		this.#records = 0;
		this.#sequence = 0;
		this.repeatTemplates(exportTime);
	}

	/** The number of the batch's template for IPv4; IPv6's is the next. They are sent before they are first used. */
	#templateOf(flows: FlowColumns, exportTime: number): number {
		const layout = exportLayout(flows.extras, this.#contents);
		let index = this.#layouts.indexOf(layout);
		if (index < 0) {
			this.flush(exportTime);
			index = this.#layouts.push(layout) - 1;
			this.#sendTemplates(layout, index, exportTime);
		}
		return FIRST_TEMPLATE + 2 * index;
	}

	#sendTemplates(layout: number, index: number, exportTime: number): void {
		this.#openSet(2);
		this.#template(FIRST_TEMPLATE + 2 * index, exportedFields(layout, 4));
		this.#template(FIRST_TEMPLATE + 2 * index + 1, exportedFields(layout, 6));
		this.flush(exportTime);
	}

	#template(id: number, fields: readonly ExportedField[]): void {
		this.#u16(id);
		this.#u16(fields.length);
		for (const [pen, element, length] of fields) {
			this.#u16(pen === 0 ? element : element | 0x8000);
			this.#u16(length);
			if (pen !== 0) this.#u32(pen);
		}
	}

	#openSet(id: number): void {
		if (this.#setId === id) return;
		this.#closeSet();
		this.#setId = id;
		this.#setBegin = this.#at;
		this.#u16(id);
		this.#u16(0);
	}

	#closeSet(): void {
		if (this.#setId !== 0) this.#view.setUint16(this.#setBegin + 2, this.#at - this.#setBegin);
		this.#setId = 0;
	}

	#record(flows: FlowColumns, i: number, isFour: boolean): void {
		const { addresses, extras } = flows;
		this.#u64(flows.bytes[i]!);
		this.#u64(flows.bytesReverse[i]!);
		this.#u64(flows.packets[i]!);
		this.#u64(flows.packetsReverse[i]!);
		this.#ntp(flows.timeFirst[i]!);
		this.#ntp(flows.timeLast[i]!);
		this.#u8(isFour ? 4 : 6);
		this.#u8(flows.protocol[i]!);
		this.#u8(flows.tcpFlags[i]!);
		this.#u8(flows.tcpFlagsReverse[i]!);
		this.#u16(flows.sourcePort[i]!);
		this.#u16(flows.destinationPort[i]!);
		if (isFour) {
			this.#copy(addresses, 32 * i + 8, 32 * i + 12);
			this.#copy(addresses, 32 * i + 24, 32 * i + 28);
		} else this.#copy(addresses, 32 * i, 32 * i + 32);
		if (extras.vlan) this.#u16(extras.vlan[i]!);
		const isComplete = this.#contents === "complete";
		if (isComplete && extras.flowId && extras.part) {
			this.#u64(extras.flowId[i]!);
			this.#u8(extras.part[i]!);
		}
		if (isComplete && extras.pushTimes) this.#list(extras.pushTimes, i, PUSH_TIMES, 1);
		this.#list(flows.packetLengths, i, PACKET_LENGTHS, 1);
		if (isComplete) this.#list(flows.packetTimes, i, PACKET_MICROSECONDS, 1);
		else this.#list(flows.packetTimes, i, PACKET_MILLISECONDS, 1000);
		this.#list(flows.packetFlags, i, PACKET_FLAGS, 1);
		this.#list(flows.packetDirections, i, PACKET_DIRECTIONS, 1);
		this.#octets(flows.serverName, i);
		this.#octets(flows.payload, i);
		this.#octets(flows.payloadReverse, i);
		const names = EXPORTED_EXTRAS[this.#contents];
		for (let k = 0; k < names.length; k++) {
			const name = names[k]!;
			const column = extras[name];
			if (column === undefined) continue;
			if (name === "ja3") this.#digest(column, i);
			else this.#octets(column, i);
		}
	}

	/**
	 * A basicList: outer length in three bytes, semantic 3 (allOf), as the reference sends them. Wide values are divided
	 * by `unit`.
	 */
	#list(column: NumberList, i: number, { pen, id, size }: ItemElement, unit: number): void {
		const { values, offsets } = column;
		const end = offsets[i + 1]!;
		this.#u8(255);
		this.#u16(9 + size * (end - offsets[i]!));
		this.#u8(3);
		this.#u16(id | 0x8000);
		this.#u16(size);
		this.#u32(pen);
		for (let at = offsets[i]!; at < end; at++) {
			if (size === 8) this.#u64(unit === 1 ? values[at]! : Math.floor(values[at]! / unit));
			else if (size === 2) this.#u16(values[at]!);
			else this.#u8(values[at]! & 0xff);
		}
	}

	#octets(column: ListColumn<Uint8Array>, i: number): void {
		const begin = column.offsets[i]!;
		const end = column.offsets[i + 1]!;
		this.#variableLength(end - begin);
		this.#copy(column.values, begin, end);
	}

	/** JA3's 32 hexadecimal digits as 16 bytes. */
	#digest(column: ListColumn<Uint8Array>, i: number): void {
		const begin = column.offsets[i]!;
		const end = column.offsets[i + 1]!;
		const count = (end - begin) >> 1;
		this.#variableLength(count);
		for (let at = begin; at < begin + 2 * count; at += 2) {
			this.#u8(Number.parseInt(String.fromCharCode(column.values[at]!, column.values[at + 1]!), 16) || 0);
		}
	}

	#variableLength(length: number): void {
		if (length < 255) this.#u8(length);
		else {
			this.#u8(255);
			this.#u16(length);
		}
	}

	#copy(from: Uint8Array, begin: number, end: number): void {
		const bytes = this.#bytes;
		let to = this.#at;
		for (let at = begin; at < end; at++) bytes[to++] = from[at]!;
		this.#at = to;
	}

	/** Whole microseconds to NTP time, so that rounding up at the receiver restores the value. */
	#ntp(microseconds: number): void {
		const seconds = Math.floor(microseconds / 1e6);
		this.#u32((seconds + NTP_TO_UNIX) % TWO_32);
		this.#u32(Math.floor(((microseconds - seconds * 1e6) * TWO_32) / 1e6));
	}

	#u8(value: number): void {
		this.#bytes[this.#at++] = value;
	}

	#u16(value: number): void {
		this.#view.setUint16(this.#at, value);
		this.#at += 2;
	}

	#u32(value: number): void {
		this.#view.setUint32(this.#at, value);
		this.#at += 4;
	}

	#u64(value: number): void {
		const high = Math.min(Math.floor(value / TWO_32), TWO_32 - 1);
		this.#u32(high);
		this.#u32(value >= TWO_32 * TWO_32 ? TWO_32 - 1 : value - high * TWO_32);
	}
}

/** Lower bound of the bytes of a record. */
function recordLength(flows: FlowColumns, i: number, isFour: boolean, contents: ExportContents): number {
	let length = 56 + (isFour ? 8 : 32) + 2 + 4 * 12;
	length += 2 * countAt(flows.packetLengths, i) + 8 * countAt(flows.packetTimes, i);
	length += countAt(flows.packetFlags, i) + countAt(flows.packetDirections, i);
	length += 9 + countAt(flows.serverName, i) + countAt(flows.payload, i) + countAt(flows.payloadReverse, i);
	const { pushTimes } = flows.extras;
	if (contents === "complete") length += 9 + (pushTimes ? 12 + 8 * countAt(pushTimes, i) : 0);
	for (const name of EXPORTED_EXTRAS[contents]) {
		const column = flows.extras[name];
		if (column) length += 3 + countAt(column, i);
	}
	return length;
}

function countAt(column: { readonly offsets: Uint32Array }, i: number): number {
	return column.offsets[i + 1]! - column.offsets[i]!;
}
