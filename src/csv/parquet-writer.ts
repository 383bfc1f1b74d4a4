import { constants, zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { type OutputFile, openOutputFile } from "../bytes/output-file.ts";
import { addressText } from "../flow/address.ts";
import { textAt } from "../flow/flow.ts";
import { type FlowColumns, type ListColumn, listAt } from "../flow/flow-columns.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
import { fieldsOf } from "./csv-encoder.ts";

/** Flows per row group: held in memory until they are written. */
const GROUP = 16_384;

/** The value of one field of flow i, in the type of the Parquet writer. */
type Value = (flows: FlowColumns, i: number) => unknown;

/**
 * Writes flows to a Parquet file with the columns of CSV: lists as lists, times as timestamps of microseconds, payload
 * as bytes, compressed with Zstandard, one row group at a time. `fields` defaults to those of the first batch. The file
 * is renamed to its final name when it is complete. Throws (code `failed`) if it cannot be created.
 */
export function createParquetWriter(path: string, fields?: readonly UnirecField[]): FlowSink {
	return new ParquetSink(path, fields);
}

class ParquetSink implements FlowSink {
	readonly #file: OutputFile;
	#fields: readonly UnirecField[] | undefined;
	#values: readonly Value[] = [];
	#columns: unknown[][] = [];
	#writer: ParquetWriter | undefined;

	constructor(path: string, fields: readonly UnirecField[] | undefined) {
		this.#file = openOutputFile(path);
		this.#fields = fields;
	}

	async write(flows: FlowColumns, positions?: Uint32Array): Promise<void> {
		this.#begin(flows);
		const count = positions?.length ?? flows.length;
		for (let k = 0; k < count; k++) {
			const i = positions ? positions[k]! : k;
			for (const [c, value] of this.#values.entries()) this.#columns[c]!.push(value(flows, i));
			if (this.#columns[0]!.length === GROUP) await this.#writeGroup();
		}
	}

	async close(): Promise<void> {
		this.#begin();
		await this.#writeGroup();
		await this.#attempt(() => this.#writer!.finish());
		this.#file.close();
	}

	#begin(flows?: FlowColumns): void {
		if (this.#writer) return;
		this.#fields ??= flows ? fieldsOf(flows) : [];
		this.#values = this.#fields.map(({ name }) => VALUES.get(name) ?? attributeNamed(name));
		this.#columns = this.#fields.map(() => []);
		const schema: SchemaElement[] = [
			{ name: "flows", num_children: this.#fields.length },
			...this.#fields.flatMap(schemaOf),
		];
		try {
			this.#writer = new ParquetWriter({
				writer: new FileWriter(this.#file),
				schema,
				codec: "ZSTD",
				compressors: {
					ZSTD: (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
				},
				createdBy: "DeCrypto",
			});
		} catch (error) {
			throw error instanceof DeCryptoError ? error : inContext(this.#file.path, error);
		}
	}

	async #writeGroup(): Promise<void> {
		const columns = this.#columns;
		if (columns.length === 0 || columns[0]!.length === 0) return;
		this.#columns = columns.map(() => []);
		const columnData = this.#fields!.map(({ name }, c) => ({ name, data: columns[c]! }));
		await this.#attempt(() => this.#writer!.write({ columnData, rowGroupSize: GROUP }));
	}

	async #attempt(work: () => void | Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			throw error instanceof DeCryptoError ? error : inContext(this.#file.path, error);
		}
	}
}

/** The output of the Parquet writer: moves its buffer to the file before the buffer has to grow. */
class FileWriter extends ByteWriter {
	readonly #file: OutputFile;

	constructor(file: OutputFile) {
		super(1 << 20);
		this.#file = file;
	}

	override ensure(size: number): void {
		if (this.index + size > this.buffer.byteLength) this.#handOn();
		super.ensure(size);
	}

	override finish(): void {
		this.#handOn();
	}

	#handOn(): void {
		this.#file.write(new Uint8Array(this.buffer, 0, this.index));
		this.index = 0;
	}
}

/** The schema of a field's column: a primitive one, or the three levels of a list (Apache Parquet, "Nested types"). */
function schemaOf({ name, type }: UnirecField): SchemaElement[] {
	if (!type.endsWith("*")) return [{ name, repetition_type: "REQUIRED", ...primitive(name, type) }];
	return [
		{ name, repetition_type: "REQUIRED", num_children: 1, converted_type: "LIST" },
		{ name: "list", repetition_type: "REPEATED", num_children: 1 },
		{ name: "element", repetition_type: "REQUIRED", ...primitive(name, type.slice(0, -1)) },
	];
}

function primitive(name: string, type: string): Pick<SchemaElement, "type" | "converted_type" | "logical_type"> {
	switch (type) {
		case "time":
			return {
				type: "INT64",
				converted_type: "TIMESTAMP_MICROS",
				logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
			};
		case "uint64":
			return { type: "INT64", converted_type: "UINT_64" };
		case "uint32":
			return { type: "INT32", converted_type: "UINT_32" };
		case "uint16":
			return { type: "INT32", converted_type: "UINT_16" };
		case "uint8":
			return { type: "INT32", converted_type: "UINT_8" };
		case "int8":
			return { type: "INT32", converted_type: "INT_8" };
		case "bytes":
			if (BINARY.has(name)) return { type: "BYTE_ARRAY" };
	}
	return { type: "BYTE_ARRAY", converted_type: "UTF8" };
}

const BINARY = new Set(["IDP_CONTENT", "IDP_CONTENT_REV", "PAYLOAD", "PAYLOAD_REV"]);
const UINT64_MAX = 2n ** 64n - 1n;

function wide(value: number): bigint {
	const whole = BigInt(value);
	return BigInt.asIntN(64, whole > UINT64_MAX ? UINT64_MAX : whole);
}

const list =
	(pick: (flows: FlowColumns) => ListColumn<Uint8Array | Int8Array | Uint16Array | Float64Array>): Value =>
	(flows, i) =>
		Array.from(listAt(pick(flows) as ListColumn<Float64Array>, i));
const bytes =
	(pick: (flows: FlowColumns) => ListColumn<Uint8Array> | undefined): Value =>
	(flows, i) => {
		const column = pick(flows);
		return column ? listAt(column, i).slice() : new Uint8Array(0);
	};
const text =
	(pick: (flows: FlowColumns) => ListColumn<Uint8Array> | undefined): Value =>
	(flows, i) => {
		const column = pick(flows);
		return column ? textAt(column, i) : "";
	};

function attributeNamed(name: string): Value {
	return text((flows) => flows.extras.attributes?.[name]);
}

const VALUES: ReadonlyMap<string, Value> = new Map<string, Value>([
	["SRC_IP", (flows, i) => addressText(flows.addresses, 32 * i)],
	["DST_IP", (flows, i) => addressText(flows.addresses, 32 * i + 16)],
	["SRC_PORT", (flows, i) => flows.sourcePort[i]],
	["DST_PORT", (flows, i) => flows.destinationPort[i]],
	["PROTOCOL", (flows, i) => flows.protocol[i]],
	["BYTES", (flows, i) => wide(flows.bytes[i]!)],
	["BYTES_REV", (flows, i) => wide(flows.bytesReverse[i]!)],
	["PACKETS", (flows, i) => flows.packets[i]],
	["PACKETS_REV", (flows, i) => flows.packetsReverse[i]],
	["TCP_FLAGS", (flows, i) => flows.tcpFlags[i]],
	["TCP_FLAGS_REV", (flows, i) => flows.tcpFlagsReverse[i]],
	["TIME_FIRST", (flows, i) => BigInt(flows.timeFirst[i]!)],
	["TIME_LAST", (flows, i) => BigInt(flows.timeLast[i]!)],
	["VLAN_ID", (flows, i) => flows.extras.vlan?.[i] ?? 0],
	["PPI_PKT_LENGTHS", list((flows) => flows.packetLengths)],
	["PPI_PKT_DIRECTIONS", list((flows) => flows.packetDirections)],
	["PPI_PKT_FLAGS", list((flows) => flows.packetFlags)],
	["PPI_PKT_TIMES", (flows, i) => Array.from(listAt(flows.packetTimes, i), BigInt)],
	["IDP_CONTENT", bytes((flows) => flows.payload)],
	["IDP_CONTENT_REV", bytes((flows) => flows.payloadReverse)],
	["PAYLOAD", bytes((flows) => flows.extras.longPayload)],
	["PAYLOAD_REV", bytes((flows) => flows.extras.longPayloadReverse)],
	["TLS_SNI", text((flows) => flows.serverName)],
	["LABEL", text((flows) => flows.extras.label)],
	["TLS_ALPN", text((flows) => flows.extras.alpn)],
	["TLS_JA3", text((flows) => flows.extras.ja3)],
	["TLS_JA4", text((flows) => flows.extras.ja4)],
	["QUIC_SNI", text((flows) => flows.extras.quicServerName)],
	["QUIC_ALPN", text((flows) => flows.extras.quicAlpn)],
]);
