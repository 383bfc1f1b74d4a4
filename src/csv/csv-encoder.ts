import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { EXTRA_FIELDS, LABEL_FIELD, METER_FIELDS, type UnirecField } from "../flow/unirec-fields.ts";
import { TextBytes } from "./text-bytes.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

type NumberColumn = Uint8Array | Int8Array | Uint16Array | Float64Array;

type TextPick = (flows: FlowColumns) => ListColumn<Uint8Array> | undefined;

/** Writes one field of flow i at the end of the encoder's bytes. */
type FieldWriter = (text: TextBytes, flows: FlowColumns, i: number) => void;

/** The fields of a batch: the meter's 20 and its extras and attributes. */
export function fieldsOf(flows: FlowColumns): UnirecField[] {
	const { extras } = flows;
	const attributes = Object.keys(extras.attributes ?? {});
	return [
		...METER_FIELDS,
		...(extras.label ? [LABEL_FIELD] : []),
		...Object.entries(EXTRA_FIELDS).flatMap(([name, field]) =>
			extras[name as keyof typeof EXTRA_FIELDS] ? [field] : [],
		),
		...(extras.vlan ? [VLAN_FIELD] : []),
		...attributes.map((name): UnirecField => ({ type: "string", name })),
	];
}

const VLAN_FIELD: UnirecField = { type: "uint16", name: "VLAN_ID" };

/**
 * Encodes flows as rows in the syntax of NEMEA's `logger`: strings between quotation marks, bytes as hexadecimal
 * digits, lists as `[a|b]`, times in UTC with microseconds. As in the logger, strings keep only printable ASCII, and a
 * newline becomes a space. Attributes keep bytes beyond ASCII, because their source was text.
 */
export class CsvEncoder {
	readonly header: Uint8Array;
	readonly #writers: readonly FieldWriter[];
	readonly #text = new TextBytes();

	constructor(fields: readonly UnirecField[] = METER_FIELDS) {
		this.header = Buffer.from(`${fields.map(({ type, name }) => `${type} ${name}`).join(",")}\n`);
		this.#writers = fields.map(writerOf);
	}

	/**
	 * The rows of the flows at these positions (default: all). The bytes are this encoder's own, valid until the next
	 * call.
	 */
	encode(flows: FlowColumns, positions?: Uint32Array): Uint8Array {
		const text = this.#text;
		const writers = this.#writers;
		const count = positions?.length ?? flows.length;
		text.length = 0;
		for (let k = 0; k < count; k++) {
			const i = positions ? positions[k]! : k;
			for (let f = 0; f < writers.length; f++) {
				if (f > 0) text.byte(COMMA);
				writers[f]!(text, flows, i);
			}
			text.byte(NEWLINE);
		}
		return text.bytes.subarray(0, text.length);
	}
}

function writerOf({ name, type }: UnirecField): FieldWriter {
	const known = WRITERS.get(name);
	if (known) return known;
	const quoted = type === "string";
	const pick = TEXT_COLUMNS.get(name);
	return pick ? string(pick, 0x7f, quoted) : string((flows) => flows.extras.attributes?.[name], 256, quoted);
}

const number =
	(pick: (flows: FlowColumns) => ArrayLike<number> | undefined): FieldWriter =>
	(text, flows, i) =>
		text.number(pick(flows)?.[i] ?? 0);
const list =
	(pick: (flows: FlowColumns) => ListColumn<NumberColumn>): FieldWriter =>
	(text, flows, i) =>
		text.numbers(pick(flows), i);
const hex =
	(pick: TextPick): FieldWriter =>
	(text, flows, i) => {
		const column = pick(flows);
		if (column) text.hexadecimal(column, i);
	};
/**
 * Text whose bytes from `limit` on are removed. Fields of other types than `string` are written without quotation
 * marks.
 */
const string =
	(pick: TextPick, limit: number, quoted: boolean): FieldWriter =>
	(text, flows, i) => {
		const column = pick(flows);
		if (quoted) text.byte(QUOTE);
		if (column) text.printable(column, i, limit);
		if (quoted) text.byte(QUOTE);
	};

const WRITERS: ReadonlyMap<string, FieldWriter> = new Map<string, FieldWriter>([
	["SRC_IP", (text, flows, i) => text.address(flows.addresses, i * 32)],
	["DST_IP", (text, flows, i) => text.address(flows.addresses, i * 32 + 16)],
	["SRC_PORT", number((flows) => flows.sourcePort)],
	["DST_PORT", number((flows) => flows.destinationPort)],
	["PROTOCOL", number((flows) => flows.protocol)],
	["BYTES", number((flows) => flows.bytes)],
	["BYTES_REV", number((flows) => flows.bytesReverse)],
	["PACKETS", number((flows) => flows.packets)],
	["PACKETS_REV", number((flows) => flows.packetsReverse)],
	["TCP_FLAGS", number((flows) => flows.tcpFlags)],
	["TCP_FLAGS_REV", number((flows) => flows.tcpFlagsReverse)],
	["VLAN_ID", number((flows) => flows.extras.vlan)],
	["TIME_FIRST", (text, flows, i) => text.time(flows.timeFirst[i]!)],
	["TIME_LAST", (text, flows, i) => text.time(flows.timeLast[i]!)],
	["PPI_PKT_LENGTHS", list((flows) => flows.packetLengths)],
	["PPI_PKT_DIRECTIONS", list((flows) => flows.packetDirections)],
	["PPI_PKT_FLAGS", list((flows) => flows.packetFlags)],
	["PPI_PKT_TIMES", (text, flows, i) => text.times(flows.packetTimes, i)],
	["IDP_CONTENT", hex((flows) => flows.payload)],
	["IDP_CONTENT_REV", hex((flows) => flows.payloadReverse)],
	["PAYLOAD", hex((flows) => flows.extras.longPayload)],
	["PAYLOAD_REV", hex((flows) => flows.extras.longPayloadReverse)],
]);

const TEXT_COLUMNS: ReadonlyMap<string, TextPick> = new Map<string, TextPick>([
	["TLS_SNI", (flows) => flows.serverName],
	["LABEL", (flows) => flows.extras.label],
	["TLS_ALPN", (flows) => flows.extras.alpn],
	["TLS_JA3", (flows) => flows.extras.ja3],
	["TLS_JA4", (flows) => flows.extras.ja4],
	["QUIC_SNI", (flows) => flows.extras.quicServerName],
	["QUIC_ALPN", (flows) => flows.extras.quicAlpn],
]);
