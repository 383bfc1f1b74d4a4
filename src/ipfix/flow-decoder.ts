import type { FlowColumnsBuilder, ListColumnBuilder } from "../flow/columns-builder.ts";
import { elementKey, elementOf, PARTS, type Part } from "./elements.ts";
import { operationOf, STEP, type Template, VARIABLE } from "./template.ts";
import { ntpMicroseconds, octets, signed, signedOctets, unsigned, wideMilliseconds, words } from "./values.ts";

const part = (name: Part): number => PARTS.indexOf(name);
const SOURCE_ADDRESS = part("sourceAddress");
const DESTINATION_ADDRESS = part("destinationAddress");
const SOURCE_PORT = part("sourcePort");
const DESTINATION_PORT = part("destinationPort");
const PROTOCOL = part("protocol");
const BYTES = part("bytes");
const BYTES_REVERSE = part("bytesReverse");
const BYTES_TOTAL = part("bytesTotal");
const BYTES_TOTAL_REVERSE = part("bytesTotalReverse");
const PACKETS_TOTAL = part("packetsTotal");
const PACKETS_TOTAL_REVERSE = part("packetsTotalReverse");
const PACKETS = part("packets");
const PACKETS_REVERSE = part("packetsReverse");
const TCP_FLAGS = part("tcpFlags");
const TCP_FLAGS_REVERSE = part("tcpFlagsReverse");
const TIME_FIRST = part("timeFirst");
const TIME_LAST = part("timeLast");
const SYSTEM_INIT_TIME = part("systemInitTime");
const VLAN = part("vlan");
const FLOW_ID = part("flowId");
const FLOW_PART = part("part");
const JA3 = part("ja3");

const HEX = Buffer.from("0123456789abcdef");

/**
 * Decodes data records into a batch: one pass over the bytes, by the steps of the template, without an object per
 * record or value. Its oracle is `flow-decoder.oracle.testing.ts`.
 */
export class FlowDecoder {
	readonly #builder: FlowColumnsBuilder;
	/** The target list of each part, by the number of the part. */
	readonly #lists: readonly (ListColumnBuilder<Uint8Array> | undefined)[];
	#value = 0;
	/** Number of records whose times are relative to an unknown start of the exporter. */
	withoutTimeBase = 0;
	#initTime = 0;
	#firstIsUptime = false;
	#lastIsUptime = false;
	#hasIntervals = false;

	constructor(builder: FlowColumnsBuilder) {
		this.#builder = builder;
		const lists: Partial<Record<Part, unknown>> = {
			packetLengths: builder.packetLengths,
			packetDirections: builder.packetDirections,
			packetFlags: builder.packetFlags,
			packetTimes: builder.packetTimes,
			payload: builder.payload,
			payloadReverse: builder.payloadReverse,
			serverName: builder.serverName,
			...builder.extras,
			pushTimes: builder.pushTimes,
		};
		this.#lists = PARTS.map((name) => lists[name] as ListColumnBuilder<Uint8Array> | undefined);
	}

	/**
	 * Appends the flow of the record at `at`, which ends at or before `end`; `exportTime` is the message's, in seconds,
	 * `initTime` the exporter's start from options or the header, in microseconds, else 0. For sampled packets (1 of
	 * `samplingRate`) the counts are multiplied, and packet lists are left out, because they have gaps.
	 * Returns the index after the record, or -1, and nothing appended, if the record is malformed.
	 */
	decode(
		bytes: Uint8Array,
		at: number,
		end: number,
		template: Template,
		exportTime: number,
		initTime = 0,
		samplingRate = 1,
	): number {
		this.#clear();
		const { operations, lengths, parts } = template;
		for (let step = 0; step < operations.length; step++) {
			let length = lengths[step]!;
			if (length === VARIABLE) {
				if (at >= end) return this.#refuse();
				length = bytes[at++]!;
				if (length === 255) {
					if (at + 2 > end) return this.#refuse();
					length = (bytes[at]! << 8) | bytes[at + 1]!;
					at += 2;
				}
			}
			const next = at + length;
			if (next > end) return this.#refuse();
			const operation = operations[step]!;
			if (operation === STEP.basicList) {
				if (!this.#list(bytes, at, next, template, step)) return this.#refuse();
			} else if (operation !== STEP.SKIP) this.#field(operation, parts[step]!, bytes, at, next, exportTime);
			at = next;
		}
		this.#finish(exportTime, initTime);
		if (samplingRate > 1) this.#scale(samplingRate);
		this.#builder.endFlow();
		return at;
	}

	#refuse(): -1 {
		this.#builder.rollback();
		return -1;
	}

	/** Clears columns that the record does not set: they hold values of the previous batch. */
	#clear(): void {
		const builder = this.#builder;
		const i = builder.length;
		builder.addresses.fill(0, 32 * i, 32 * i + 32);
		builder.sourcePort[i] = 0;
		builder.destinationPort[i] = 0;
		builder.protocol[i] = 0;
		builder.bytes[i] = 0;
		builder.bytesReverse[i] = 0;
		builder.packets[i] = 0;
		builder.packetsReverse[i] = 0;
		builder.tcpFlags[i] = 0;
		builder.tcpFlagsReverse[i] = 0;
		builder.timeFirst[i] = 0;
		builder.timeLast[i] = 0;
		if (builder.vlan) builder.vlan[i] = 0;
		if (builder.flowId) builder.flowId[i] = 0;
		if (builder.part) builder.part[i] = 0;
		this.#initTime = 0;
		this.#firstIsUptime = false;
		this.#lastIsUptime = false;
		this.#hasIntervals = false;
	}

	/** Sets the columns that depend on the whole record. */
	#finish(exportTime: number, initTime: number): void {
		const builder = this.#builder;
		const i = builder.length;
		if (this.#firstIsUptime || this.#lastIsUptime) this.#placeUptimes(exportTime, this.#initTime || initTime);
		if (this.#hasIntervals) {
			const { values, offsets, used } = builder.packetTimes;
			let time = builder.timeFirst[i]!;
			for (let at = offsets[i]!; at < used; at++) {
				time += values[at]!;
				values[at] = time;
			}
		}
		// The packets of a uniflow all have one direction, and exporters send no list for it.
		const { packetLengths, packetDirections } = builder;
		if (packetDirections.used === packetDirections.offsets[i] && builder.packetsReverse[i] === 0) {
			for (let count = packetLengths.used - packetLengths.offsets[i]!; count > 0; count--) packetDirections.push(1);
		}
	}

	#scale(rate: number): void {
		const builder = this.#builder;
		const i = builder.length;
		builder.bytes[i]! *= rate;
		builder.bytesReverse[i]! *= rate;
		builder.packets[i]! *= rate;
		builder.packetsReverse[i]! *= rate;
		builder.packetLengths.rollback();
		builder.packetDirections.rollback();
		builder.packetFlags.rollback();
		builder.packetTimes.rollback();
	}

	/** Without the start of the exporter, the flow ends at the export time of its message; its duration is right. */
	#placeUptimes(exportTime: number, initTime: number): void {
		const { timeFirst, timeLast, length: i } = this.#builder;
		let base = initTime;
		if (base === 0) {
			this.withoutTimeBase++;
			base = exportTime * 1e6 - (this.#lastIsUptime ? timeLast[i]! : timeFirst[i]!);
		}
		if (this.#firstIsUptime) timeFirst[i] = placed(timeFirst[i]! + base, exportTime);
		if (this.#lastIsUptime) timeLast[i] = placed(timeLast[i]! + base, exportTime);
	}

	#field(operation: number, part: number, bytes: Uint8Array, at: number, end: number, exportTime: number): void {
		switch (operation) {
			case STEP.ipv4:
				this.#ipv4(bytes, at, part);
				return;
			case STEP.ipv6:
				this.#ipv6(bytes, at, part);
				return;
			case STEP.text:
			case STEP.octets:
				if (part === JA3) this.#hexadecimal(bytes, at, end);
				else this.#lists[part]?.append(bytes, at, end);
				return;
			case STEP.paddedText: {
				let last = end;
				while (last > at && bytes[last - 1] === 0) last--;
				this.#lists[part]?.append(bytes, at, last);
				return;
			}
			case STEP.microsecondsBeforeExport:
				this.#store(part, exportTime * 1e6 - unsigned(bytes, at, end));
				return;
			case STEP.millisecondsOfUptime:
				if (part === TIME_FIRST) this.#firstIsUptime = true;
				else this.#lastIsUptime = true;
				this.#store(part, unsigned(bytes, at, end) * 1000);
				return;
			case STEP.unsigned:
				this.#store(part, unsigned(bytes, at, end));
				return;
			default:
				this.#number(operation, bytes, at, end);
				this.#store(part, this.#value);
		}
	}

	/** Sets `#value` to a number or a time in microseconds. */
	#number(operation: number, bytes: Uint8Array, at: number, end: number): void {
		switch (operation) {
			case STEP.signed:
				this.#value = signed(bytes, at, end);
				return;
			case STEP.seconds:
				this.#value = unsigned(bytes, at, end) * 1e6;
				return;
			case STEP.milliseconds:
			case STEP.intervalMilliseconds:
				this.#value = unsigned(bytes, at, end) * 1000;
				return;
			case STEP.ntp:
				this.#value = ntpMicroseconds(bytes, at);
				return;
			default:
				this.#value = unsigned(bytes, at, end);
		}
	}

	/** RFC 6313, 4.5.1: semantic, the items' element and length, the items. An unknown element is skipped. */
	#list(bytes: Uint8Array, begin: number, end: number, template: Template, step: number): boolean {
		if (begin + 5 > end) return begin === end;
		const word = (bytes[begin + 1]! << 8) | bytes[begin + 2]!;
		const length = (bytes[begin + 3]! << 8) | bytes[begin + 4]!;
		let at = begin + 5;
		let pen = 0;
		if (word & 0x8000) {
			if (at + 4 > end) return false;
			pen = unsigned(bytes, at, at + 4);
			at += 4;
		}
		const key = elementKey(pen, word & 0x7fff);
		if (template.itemKeys[step] !== key) enterItems(template, step, key, pen, word & 0x7fff);
		const operation = template.itemSteps[step]!;
		if (at === end) return true;
		if (length === 0) return false;
		const list = operation === STEP.SKIP ? undefined : this.#lists[template.itemParts[step]!];
		if (operation === STEP.intervalMilliseconds) this.#hasIntervals = true;
		if (length === VARIABLE) return this.#variableItems(operation, list, bytes, at, end);
		if ((end - at) % length !== 0) return false;
		if (list === undefined || length > 8) return true;
		if (operation === STEP.ntp && length !== 8) return true;
		const count = (end - at) / length;
		list.reserve(count);
		if (length === 2 && operation === STEP.unsigned) words(list, bytes, at, end);
		else if (length === 1 && operation === STEP.unsigned) octets(list, bytes, at, end);
		else if (length === 1 && operation === STEP.signed) signedOctets(list, bytes, at, end);
		else if (length === 8 && operation === STEP.milliseconds) wideMilliseconds(list, bytes, at, end);
		else {
			for (; at < end; at += length) {
				this.#number(operation, bytes, at, at + length);
				list.push(this.#value);
			}
			return true;
		}
		list.used += count;
		return true;
	}

	#variableItems(
		operation: number,
		list: ListColumnBuilder<Uint8Array> | undefined,
		bytes: Uint8Array,
		at: number,
		end: number,
	): boolean {
		while (at < end) {
			let length = bytes[at++]!;
			if (length === 255) {
				if (at + 2 > end) return false;
				length = (bytes[at]! << 8) | bytes[at + 1]!;
				at += 2;
			}
			if (at + length > end) return false;
			if (list !== undefined && length <= 8 && (operation !== STEP.ntp || length === 8)) {
				this.#number(operation, bytes, at, at + length);
				list.push(this.#value);
			}
			at += length;
		}
		return true;
	}

	#ipv4(bytes: Uint8Array, at: number, part: number): void {
		const { addresses, length } = this.#builder;
		const to = 32 * length + (part === SOURCE_ADDRESS ? 8 : 24);
		for (let k = 0; k < 4; k++) {
			addresses[to + k] = bytes[at + k]!;
			addresses[to + 4 + k] = 0xff;
		}
	}

	#ipv6(bytes: Uint8Array, at: number, part: number): void {
		const { addresses, length } = this.#builder;
		const to = 32 * length + (part === DESTINATION_ADDRESS ? 16 : 0);
		for (let k = 0; k < 16; k++) addresses[to + k] = bytes[at + k]!;
	}

	#hexadecimal(bytes: Uint8Array, begin: number, end: number): void {
		const list = this.#builder.extras.ja3;
		if (!list) return;
		for (let at = begin; at < end; at++) {
			list.push(HEX[bytes[at]! >> 4]!);
			list.push(HEX[bytes[at]! & 15]!);
		}
	}

	#store(part: number, value: number): void {
		const builder = this.#builder;
		const i = builder.length;
		switch (part) {
			case SOURCE_PORT:
				builder.sourcePort[i] = value;
				break;
			case DESTINATION_PORT:
				builder.destinationPort[i] = value;
				break;
			case PROTOCOL:
				builder.protocol[i] = value;
				break;
			case BYTES:
				if (value !== 0) builder.bytes[i] = value;
				break;
			case BYTES_TOTAL:
				if (builder.bytes[i] === 0) builder.bytes[i] = value;
				break;
			case BYTES_REVERSE:
				if (value !== 0) builder.bytesReverse[i] = value;
				break;
			case BYTES_TOTAL_REVERSE:
				if (builder.bytesReverse[i] === 0) builder.bytesReverse[i] = value;
				break;
			case PACKETS:
				if (value !== 0) builder.packets[i] = value;
				break;
			case PACKETS_TOTAL:
				if (builder.packets[i] === 0) builder.packets[i] = value;
				break;
			case PACKETS_REVERSE:
				if (value !== 0) builder.packetsReverse[i] = value;
				break;
			case PACKETS_TOTAL_REVERSE:
				if (builder.packetsReverse[i] === 0) builder.packetsReverse[i] = value;
				break;
			// Two octets if the exporter follows RFC 7125; YAF sends the first packet's flags separately from the others'.
			case TCP_FLAGS:
				builder.tcpFlags[i]! |= value & 0xff;
				break;
			case TCP_FLAGS_REVERSE:
				builder.tcpFlagsReverse[i]! |= value & 0xff;
				break;
			case TIME_FIRST:
				builder.timeFirst[i] = value;
				break;
			case TIME_LAST:
				builder.timeLast[i] = value;
				break;
			case SYSTEM_INIT_TIME:
				this.#initTime = value;
				break;
			case VLAN:
				if (builder.vlan) builder.vlan[i] = value;
				break;
			case FLOW_ID:
				if (builder.flowId) builder.flowId[i] = value;
				break;
			case FLOW_PART:
				if (builder.part) builder.part[i] = value;
		}
	}
}

function enterItems(template: Template, step: number, key: number, pen: number, id: number): void {
	const element = elementOf(pen, id);
	template.itemKeys[step] = key;
	template.itemSteps[step] = element ? operationOf(element) : STEP.SKIP;
	template.itemParts[step] = element ? PARTS.indexOf(element.part) : 0;
}

/** Uptimes are 32 bits of milliseconds: after 49.7 days they wrap, and older ones seem to be far in the future. */
const UPTIME_MODULUS = 2 ** 32 * 1000;

function placed(time: number, exportTime: number): number {
	return time - exportTime * 1e6 > UPTIME_MODULUS / 2 ? time - UPTIME_MODULUS : time;
}
