/** A field of a UniRec record: its NEMEA name and type. */
export interface UnirecField {
	readonly name: string;
	readonly type: UnirecType;
}

export type UnirecScalar =
	| "ipaddr"
	| "macaddr"
	| "time"
	| "double"
	| "float"
	| "char"
	| "uint8"
	| "uint16"
	| "uint32"
	| "uint64"
	| "int8"
	| "int16"
	| "int32"
	| "int64";

export type UnirecType = UnirecScalar | "string" | "bytes" | `${UnirecScalar}*`;

/**
 * The 20 columns of `decrypto meter` in the order of the reference exporter's CSV, and the names by which every
 * module that reads or writes NEMEA's fields refers to the columns of a batch.
 */
export const METER_FIELDS: readonly UnirecField[] = [
	{ type: "ipaddr", name: "DST_IP" },
	{ type: "ipaddr", name: "SRC_IP" },
	{ type: "uint16", name: "SRC_PORT" },
	{ type: "uint16", name: "DST_PORT" },
	{ type: "uint64", name: "BYTES" },
	{ type: "uint64", name: "BYTES_REV" },
	{ type: "uint32", name: "PACKETS" },
	{ type: "uint32", name: "PACKETS_REV" },
	{ type: "int8*", name: "PPI_PKT_DIRECTIONS" },
	{ type: "time*", name: "PPI_PKT_TIMES" },
	{ type: "uint16*", name: "PPI_PKT_LENGTHS" },
	{ type: "uint8*", name: "PPI_PKT_FLAGS" },
	{ type: "time", name: "TIME_FIRST" },
	{ type: "time", name: "TIME_LAST" },
	{ type: "string", name: "TLS_SNI" },
	{ type: "bytes", name: "IDP_CONTENT" },
	{ type: "bytes", name: "IDP_CONTENT_REV" },
	{ type: "uint8", name: "PROTOCOL" },
	{ type: "uint8", name: "TCP_FLAGS" },
	{ type: "uint8", name: "TCP_FLAGS_REV" },
];

/** The class of a labelled flow (`Miner`, `Other`), if the source has it. */
export const LABEL_FIELD: UnirecField = { type: "string", name: "LABEL" };

/** Optional columns of the meter, with ipfixprobe's names if it has them. */
export const EXTRA_FIELDS = {
	alpn: { type: "string", name: "TLS_ALPN" },
	ja3: { type: "string", name: "TLS_JA3" },
	ja4: { type: "string", name: "TLS_JA4" },
	quicServerName: { type: "string", name: "QUIC_SNI" },
	quicAlpn: { type: "string", name: "QUIC_ALPN" },
	longPayload: { type: "bytes", name: "PAYLOAD" },
	longPayloadReverse: { type: "bytes", name: "PAYLOAD_REV" },
} as const satisfies Record<string, UnirecField>;
