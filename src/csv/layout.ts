import { DeCryptoError } from "../bytes/error.ts";
import type { BuilderOptions, FlowColumnsBuilder, ListColumnBuilder } from "../flow/columns-builder.ts";
import type { TextExtra } from "../flow/columns-schema.ts";
import { EXTRA_FIELDS, LABEL_FIELD } from "../flow/unirec-fields.ts";

/** The kinds of text in columns. */
export const KIND = { IGNORED: 0, NUMBER: 1, TIME: 2, ADDRESS: 3, NUMBERS: 4, TIMES: 5, HEX: 6, TEXT: 7 } as const;
type Kind = (typeof KIND)[keyof typeof KIND];

/** The scalar columns of a batch, as the numbers of the row parser's switch. */
export const SCALAR = {
	SOURCE: 0,
	DESTINATION: 1,
	BYTES: 2,
	BYTES_REVERSE: 3,
	PACKETS: 4,
	PACKETS_REVERSE: 5,
	SOURCE_PORT: 6,
	DESTINATION_PORT: 7,
	PROTOCOL: 8,
	TCP_FLAGS: 9,
	TCP_FLAGS_REVERSE: 10,
	TIME_FIRST: 11,
	TIME_LAST: 12,
	VLAN: 13,
} as const;
type Scalar = (typeof SCALAR)[keyof typeof SCALAR];

type ListName = "packetLengths" | "packetDirections" | "packetFlags" | "packetTimes" | "payload" | "payloadReverse";

interface KnownColumn {
	readonly kind: Kind;
	readonly scalar?: Scalar;
	readonly list?: ListName | "serverName" | TextExtra;
	readonly min?: number;
	readonly max?: number;
	/** Columns that must have a value. All others may be empty, or absent. */
	readonly required?: true;
}

const counter = (scalar: Scalar, max: number): KnownColumn => ({ kind: KIND.NUMBER, scalar, max, required: true });

/** The columns with a meaning for a batch, by NEMEA's names. All others are attributes. */
const KNOWN_COLUMNS: ReadonlyMap<string, KnownColumn> = new Map<string, KnownColumn>([
	["SRC_IP", { kind: KIND.ADDRESS, scalar: SCALAR.SOURCE }],
	["DST_IP", { kind: KIND.ADDRESS, scalar: SCALAR.DESTINATION }],
	["BYTES", counter(SCALAR.BYTES, 2 ** 64)],
	["BYTES_REV", counter(SCALAR.BYTES_REVERSE, 2 ** 64)],
	["PACKETS", counter(SCALAR.PACKETS, 2 ** 32 - 1)],
	["PACKETS_REV", counter(SCALAR.PACKETS_REVERSE, 2 ** 32 - 1)],
	["SRC_PORT", counter(SCALAR.SOURCE_PORT, 65535)],
	["DST_PORT", counter(SCALAR.DESTINATION_PORT, 65535)],
	["PROTOCOL", counter(SCALAR.PROTOCOL, 255)],
	["TIME_FIRST", { kind: KIND.TIME, scalar: SCALAR.TIME_FIRST, required: true }],
	["TIME_LAST", { kind: KIND.TIME, scalar: SCALAR.TIME_LAST, required: true }],
	["TCP_FLAGS", { kind: KIND.NUMBER, scalar: SCALAR.TCP_FLAGS, max: 255 }],
	["TCP_FLAGS_REV", { kind: KIND.NUMBER, scalar: SCALAR.TCP_FLAGS_REVERSE, max: 255 }],
	["VLAN_ID", { kind: KIND.NUMBER, scalar: SCALAR.VLAN, max: 65535 }],
	["PPI_PKT_LENGTHS", { kind: KIND.NUMBERS, list: "packetLengths", min: 0, max: 65535 }],
	["PPI_PKT_DIRECTIONS", { kind: KIND.NUMBERS, list: "packetDirections", min: -128, max: 127 }],
	["PPI_PKT_FLAGS", { kind: KIND.NUMBERS, list: "packetFlags", min: 0, max: 255 }],
	["PPI_PKT_TIMES", { kind: KIND.TIMES, list: "packetTimes" }],
	["IDP_CONTENT", { kind: KIND.HEX, list: "payload" }],
	["IDP_CONTENT_REV", { kind: KIND.HEX, list: "payloadReverse" }],
	["TLS_SNI", { kind: KIND.TEXT, list: "serverName" }],
	[LABEL_FIELD.name, { kind: KIND.TEXT, list: "label" }],
	...Object.entries(EXTRA_FIELDS).map(([list, field]): [string, KnownColumn] => [
		field.name,
		{ kind: field.type === "bytes" ? KIND.HEX : KIND.TEXT, list: list as TextExtra },
	]),
]);

const REQUIRED = [...KNOWN_COLUMNS].filter(([, column]) => column.required).map(([name]) => name);

/** Most columns of a header. */
const MAX_COLUMNS = 1000;

/**
 * The content of a header line: the columns in their order, and the options that the builder of batches needs for them.
 */
export interface Layout {
	readonly columns: readonly { readonly name: string; readonly known: KnownColumn | undefined }[];
	readonly builder: BuilderOptions;
}

/** A column bound to the builder that receives it: the input of the row parser. */
export interface Slot {
	readonly name: string;
	readonly kind: Kind;
	readonly scalar: number;
	readonly list: ListColumnBuilder<Uint8Array>;
	readonly min: number;
	readonly max: number;
	readonly required: boolean;
}

/**
 * Reads column names, typed (`uint64 BYTES`) or plain, in any order. Unknown columns become attributes;
 * `attributes` names those that are wanted (default: all).
 * Throws (code `csv-header`) if a column is named twice or a required one is missing.
 */
export function layoutOf(names: readonly string[], attributes?: readonly string[]): Layout {
	if (names.length > MAX_COLUMNS) throw new DeCryptoError("csv-header", `more than ${MAX_COLUMNS} columns`);
	const columns = names.map((name) => ({ name, known: KNOWN_COLUMNS.get(name) }));
	const seen = new Set<string>();
	for (const { name } of columns) {
		if (seen.has(name)) throw new DeCryptoError("csv-header", `column ${name} appears twice`, { name });
		seen.add(name);
	}
	const missing = REQUIRED.filter((name) => !seen.has(name));
	if (missing.length > 0) {
		throw new DeCryptoError("csv-header", `no column ${missing.join(", ")}`, { missing });
	}
	const known = columns.flatMap((column) => (column.known ? [column.known] : []));
	const wanted = columns.filter(
		({ name, known }) => !known && name !== "" && (!attributes || attributes.includes(name)),
	);
	return {
		columns,
		builder: {
			extras: known.flatMap(({ list }) => (list !== undefined && isExtra(list) ? [list] : [])),
			vlan: known.some(({ scalar }) => scalar === SCALAR.VLAN),
			attributes: wanted.map(({ name }) => name),
		},
	};
}

/** Whether these names are the header of a flow file: it has the required columns. */
export function namesFlows(names: readonly string[]): boolean {
	return REQUIRED.every((name) => names.includes(name));
}

/** Binds a layout to a builder made with its options. */
export function bindLayout(layout: Layout, builder: FlowColumnsBuilder): Slot[] {
	return layout.columns.map(({ name, known }) => {
		const list = known?.list;
		const bound =
			list === undefined
				? builder.attributes[name]
				: isExtra(list)
					? builder.extras[list]
					: (builder[list] as ListColumnBuilder<Uint8Array>);
		const kind = known?.kind ?? (bound ? KIND.TEXT : KIND.IGNORED);
		return {
			name,
			kind,
			scalar: known?.scalar ?? -1,
			list: bound ?? builder.serverName,
			min: known?.min ?? 0,
			max: known?.max ?? 0,
			required: known?.required ?? false,
		};
	});
}

const BATCH_LISTS: readonly string[] = [
	"packetLengths",
	"packetDirections",
	"packetFlags",
	"packetTimes",
	"payload",
	"payloadReverse",
	"serverName",
];

function isExtra(list: ListName | "serverName" | TextExtra): list is TextExtra {
	return !BATCH_LISTS.includes(list);
}
