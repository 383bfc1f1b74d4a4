import { FlowColumnsBuilder, type ListColumnBuilder, type TextExtra } from "../flow/columns-builder.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
import { ByteColumnWriter, copyBytes } from "./byte-column.ts";
import { REQUIRED_FIELDS, requireFields, TEXT_EXTRA_FIELDS, VLAN_FIELD } from "./flow-fields.ts";
import type { Template } from "./template.ts";
import { microsecondsOf } from "./time.ts";

/** Why a record was not taken, in the words of the counters. */
export const RECORD_SHORT = "record: shorter than its fixed part";
export const RECORD_OUTSIDE = "record: a field lies outside";

const TWO_TO_THE_32ND = 4294967296;
/** JA3 is an MD5: 16 bytes where it is sent raw, as ipfixprobe does. */
const JA3_LENGTH = 16;
const HEX = new TextEncoder().encode("0123456789abcdef");

/** A text extra that the sender has: where its slot stands, and the column it goes to. */
interface ExtraSlot {
	readonly offset: number;
	readonly column: ListColumnBuilder<Uint8Array>;
	readonly writer: ByteColumnWriter;
	/** A JA3 as 16 raw bytes, which becomes its 32 digits. */
	readonly raw: boolean;
}

/**
 * Decodes flow records straight into batch columns. Made for one sender's template: where each field stands is looked
 * up once, fields that no column wants are passed over without a glance.
 */
export class FlowDecoder {
	readonly template: Template;
	readonly builder: FlowColumnsBuilder;
	readonly #fixedLength: number;
	readonly #destination: number;
	readonly #source: number;
	readonly #sourcePort: number;
	readonly #destinationPort: number;
	readonly #protocol: number;
	readonly #bytes: number;
	readonly #bytesReverse: number;
	readonly #packets: number;
	readonly #packetsReverse: number;
	readonly #timeFirst: number;
	readonly #timeLast: number;
	readonly #tcpFlags: number;
	readonly #tcpFlagsReverse: number;
	readonly #vlan: number;
	readonly #lengths: number;
	readonly #directions: number;
	readonly #flags: number;
	readonly #times: number;
	readonly #payload: number;
	readonly #payloadReverse: number;
	readonly #serverName: number;
	readonly #packetFlagsColumn: ByteColumnWriter;
	readonly #packetDirectionsColumn: ByteColumnWriter;
	readonly #payloadColumn: ByteColumnWriter;
	readonly #payloadReverseColumn: ByteColumnWriter;
	readonly #serverNameColumn: ByteColumnWriter;
	readonly #extras: readonly ExtraSlot[];
	#addresses: Uint8Array;
	#addressView: DataView;
	#record: Uint8Array = new Uint8Array(0);
	#view: DataView = new DataView(new ArrayBuffer(0));

	/**
	 * Throws (code `fields`) where the template lacks a field that makes a flow, or one of `alsoRequired`, naming all that
	 * it lacks. The first flow has the number `firstIndex`.
	 */
	constructor(template: Template, alsoRequired: readonly UnirecField[] = [], firstIndex = 0) {
		requireFields(template, [...REQUIRED_FIELDS, ...alsoRequired]);
		const at = (name: string, type: string): number => {
			const field = template.byName.get(name);
			return field?.type === type ? field.offset : -1;
		};
		this.template = template;
		this.#fixedLength = template.fixedLength;
		this.#destination = at("DST_IP", "ipaddr");
		this.#source = at("SRC_IP", "ipaddr");
		this.#sourcePort = at("SRC_PORT", "uint16");
		this.#destinationPort = at("DST_PORT", "uint16");
		this.#protocol = at("PROTOCOL", "uint8");
		this.#bytes = at("BYTES", "uint64");
		this.#bytesReverse = at("BYTES_REV", "uint64");
		this.#packets = at("PACKETS", "uint32");
		this.#packetsReverse = at("PACKETS_REV", "uint32");
		this.#timeFirst = at("TIME_FIRST", "time");
		this.#timeLast = at("TIME_LAST", "time");
		this.#tcpFlags = at("TCP_FLAGS", "uint8");
		this.#tcpFlagsReverse = at("TCP_FLAGS_REV", "uint8");
		this.#vlan = at(VLAN_FIELD.name, VLAN_FIELD.type);
		this.#lengths = at("PPI_PKT_LENGTHS", "uint16*");
		this.#directions = at("PPI_PKT_DIRECTIONS", "int8*");
		this.#flags = at("PPI_PKT_FLAGS", "uint8*");
		this.#times = at("PPI_PKT_TIMES", "time*");
		this.#payload = at("IDP_CONTENT", "bytes");
		this.#payloadReverse = at("IDP_CONTENT_REV", "bytes");
		this.#serverName = at("TLS_SNI", "string");
		const present = TEXT_EXTRA_FIELDS.filter(([, { name }]) => isText(template, name));
		this.builder = new FlowColumnsBuilder({
			extras: present.map(([extra]) => extra),
			vlan: this.#vlan >= 0,
			firstIndex,
		});
		const { builder } = this;
		this.#packetFlagsColumn = new ByteColumnWriter(builder.packetFlags);
		this.#packetDirectionsColumn = new ByteColumnWriter(builder.packetDirections);
		this.#payloadColumn = new ByteColumnWriter(builder.payload);
		this.#payloadReverseColumn = new ByteColumnWriter(builder.payloadReverse);
		this.#serverNameColumn = new ByteColumnWriter(builder.serverName);
		this.#addresses = builder.addresses;
		this.#addressView = new DataView(builder.addresses.buffer);
		this.#extras = present.map(([extra, { name }]) => this.#extraSlot(extra, name));
	}

	/** The bytes that {@link decode}'s positions mean, until the next call. */
	read(record: Uint8Array): void {
		this.#record = record;
		this.#view = new DataView(record.buffer, record.byteOffset, record.byteLength);
	}

	/** Appends the record `[begin … end)` as a flow; otherwise appends nothing and says why. */
	decode(begin: number, end: number): undefined | typeof RECORD_SHORT | typeof RECORD_OUTSIDE {
		const dynamic = begin + this.#fixedLength;
		if (dynamic > end) return RECORD_SHORT;
		if (!this.#slotsAreInside(begin, end - dynamic)) return RECORD_OUTSIDE;
		this.#appendFixed(begin);
		const { builder } = this;
		this.#appendBytes(this.#packetFlagsColumn, begin + this.#flags, dynamic);
		this.#appendBytes(this.#packetDirectionsColumn, begin + this.#directions, dynamic);
		this.#appendLengths(begin + this.#lengths, dynamic);
		this.#appendTimes(begin + this.#times, dynamic);
		this.#appendBytes(this.#payloadColumn, begin + this.#payload, dynamic);
		this.#appendBytes(this.#payloadReverseColumn, begin + this.#payloadReverse, dynamic);
		this.#appendBytes(this.#serverNameColumn, begin + this.#serverName, dynamic);
		for (let i = 0; i < this.#extras.length; i++) this.#appendExtra(this.#extras[i]!, begin, dynamic);
		builder.endFlow();
		return undefined;
	}

	#extraSlot(extra: TextExtra, name: string): ExtraSlot {
		const field = this.template.byName.get(name)!;
		return {
			offset: field.offset,
			column: this.builder.extras[extra]!,
			writer: new ByteColumnWriter(this.builder.extras[extra]!),
			raw: extra === "ja3" && field.type !== "string",
		};
	}

	#slotsAreInside(begin: number, available: number): boolean {
		if (!this.#isInside(begin + this.#flags, available)) return false;
		if (!this.#isInside(begin + this.#directions, available)) return false;
		if (!this.#isInside(begin + this.#lengths, available)) return false;
		if (!this.#isInside(begin + this.#times, available)) return false;
		if (!this.#isInside(begin + this.#payload, available)) return false;
		if (!this.#isInside(begin + this.#payloadReverse, available)) return false;
		if (!this.#isInside(begin + this.#serverName, available)) return false;
		for (let i = 0; i < this.#extras.length; i++) {
			if (!this.#isInside(begin + this.#extras[i]!.offset, available)) return false;
		}
		return true;
	}

	/** An empty field's offset means nothing. */
	#isInside(slot: number, available: number): boolean {
		const length = this.#view.getUint16(slot + 2, true);
		return length === 0 || this.#view.getUint16(slot, true) + length <= available;
	}

	#appendFixed(begin: number): void {
		const view = this.#view;
		const record = this.#record;
		const { builder } = this;
		const i = builder.length;
		if (builder.addresses !== this.#addresses) {
			this.#addresses = builder.addresses;
			this.#addressView = new DataView(builder.addresses.buffer);
		}
		copyBytes(view, begin + this.#source, this.#addressView, i * 32, 16);
		copyBytes(view, begin + this.#destination, this.#addressView, i * 32 + 16, 16);
		builder.sourcePort[i] = view.getUint16(begin + this.#sourcePort, true);
		builder.destinationPort[i] = view.getUint16(begin + this.#destinationPort, true);
		builder.protocol[i] = record[begin + this.#protocol]!;
		builder.bytes[i] = this.#uint64(begin + this.#bytes);
		builder.bytesReverse[i] = this.#uint64(begin + this.#bytesReverse);
		builder.packets[i] = view.getUint32(begin + this.#packets, true);
		builder.packetsReverse[i] = view.getUint32(begin + this.#packetsReverse, true);
		builder.timeFirst[i] = this.#time(begin + this.#timeFirst);
		builder.timeLast[i] = this.#time(begin + this.#timeLast);
		builder.tcpFlags[i] = this.#tcpFlags < 0 ? 0 : record[begin + this.#tcpFlags]!;
		builder.tcpFlagsReverse[i] = this.#tcpFlagsReverse < 0 ? 0 : record[begin + this.#tcpFlagsReverse]!;
		if (this.#vlan >= 0) builder.vlan![i] = view.getUint16(begin + this.#vlan, true);
	}

	/** Rounded once: the upper half times 2^32 is exact. */
	#uint64(at: number): number {
		return this.#view.getUint32(at + 4, true) * TWO_TO_THE_32ND + this.#view.getUint32(at, true);
	}

	#time(at: number): number {
		return microsecondsOf(this.#view.getUint32(at + 4, true), this.#view.getUint32(at, true));
	}

	#appendBytes(column: ByteColumnWriter, slot: number, dynamic: number): void {
		const length = this.#view.getUint16(slot + 2, true);
		if (length > 0) column.append(this.#view, dynamic + this.#view.getUint16(slot, true), length);
	}

	#appendLengths(slot: number, dynamic: number): void {
		const view = this.#view;
		const column = this.builder.packetLengths;
		const count = view.getUint16(slot + 2, true) >> 1;
		const begin = dynamic + view.getUint16(slot, true);
		column.reserve(count);
		const { values, used } = column;
		for (let i = 0; i < count; i++) values[used + i] = view.getUint16(begin + 2 * i, true);
		column.used = used + count;
	}

	#appendTimes(slot: number, dynamic: number): void {
		const view = this.#view;
		const column = this.builder.packetTimes;
		const count = view.getUint16(slot + 2, true) >> 3;
		const begin = dynamic + view.getUint16(slot, true);
		column.reserve(count);
		const { values, used } = column;
		for (let i = 0; i < count; i++) {
			const at = begin + 8 * i;
			values[used + i] = microsecondsOf(view.getUint32(at + 4, true), view.getUint32(at, true));
		}
		column.used = used + count;
	}

	#appendExtra(extra: ExtraSlot, begin: number, dynamic: number): void {
		const slot = begin + extra.offset;
		const length = this.#view.getUint16(slot + 2, true);
		if (!extra.raw) this.#appendBytes(extra.writer, slot, dynamic);
		else if (length === JA3_LENGTH) {
			const at = dynamic + this.#view.getUint16(slot, true);
			for (let i = 0; i < length; i++) {
				extra.column.push(HEX[this.#record[at + i]! >> 4]!);
				extra.column.push(HEX[this.#record[at + i]! & 15]!);
			}
		}
	}
}

function isText(template: Template, name: string): boolean {
	const type = template.byName.get(name)?.type;
	return type === "string" || type === "bytes";
}
