/**
 * The information elements that this project reads or writes, as data. The dialect of an exporter is rows of this
 * table: enterprise and identifier, coding of the value, and the part of a flow. Elements outside the table are
 * skipped. Sources: the IANA registry "IPFIX Information Elements", RFC 5103 (reverse), the exporters' own element
 * lists.
 */

/** Private enterprise numbers (IANA). */
export const PEN = {
	IANA: 0,
	/** RFC 5103: the element of the same number, for the other direction. */
	REVERSE: 29305,
	CESNET: 8057,
	FLOWMON: 39499,
	CISCO: 9,
	/** CERT at Carnegie Mellon University: YAF. */
	CERT: 6871,
	NTOP: 35632,
	/**
	 * The number for examples (RFC 5612): DeCrypto has no number of its own. Only the message bus uses it, between our
	 * programs.
	 */
	OWN: 32473,
} as const;

/** The codings of an element's value. */
export type Coding =
	| "unsigned"
	| "signed"
	| "ipv4"
	| "ipv6"
	| "mac"
	| "seconds"
	| "milliseconds"
	/** 64 bits of NTP time: `dateTimeMicroseconds` and `dateTimeNanoseconds` of RFC 7011, 6.1.9 and 6.1.10. */
	| "ntp"
	/** Microseconds before the export time of the message. */
	| "microsecondsBeforeExport"
	/** Milliseconds after `systemInitTimeMilliseconds` of the same record. */
	| "millisecondsOfUptime"
	/** Milliseconds since the previous packet, for the first since the start of the flow. */
	| "intervalMilliseconds"
	| "text"
	/** Text of a fixed length, padded with NUL. */
	| "paddedText"
	| "octets"
	| "basicList";

/** The parts of a flow that an element can set. */
export const PARTS = [
	"none",
	"sourceAddress",
	"destinationAddress",
	"sourcePort",
	"destinationPort",
	"protocol",
	"bytes",
	"bytesReverse",
	/** Counts since the start of the flow, used if the record has no delta count above 0. */
	"bytesTotal",
	"bytesTotalReverse",
	"packetsTotal",
	"packetsTotalReverse",
	"packets",
	"packetsReverse",
	"tcpFlags",
	"tcpFlagsReverse",
	"timeFirst",
	"timeLast",
	"systemInitTime",
	"vlan",
	"packetLengths",
	"packetDirections",
	"packetFlags",
	"packetTimes",
	"payload",
	"payloadReverse",
	"serverName",
	"alpn",
	"ja3",
	"ja4",
	"quicServerName",
	"longPayload",
	"longPayloadReverse",
	"quicAlpn",
	"resolvedName",
	"pushTimes",
	"flowId",
	"part",
	"list",
] as const;
export type Part = (typeof PARTS)[number];

export interface Element {
	readonly pen: number;
	readonly id: number;
	/** The name of NEMEA's exporter, else that of the registry. */
	readonly name: string;
	readonly coding: Coding;
	readonly part: Part;
}

type Row = readonly [pen: number, id: number, name: string, coding: Coding, part?: Part];

const ROWS: readonly Row[] = [
	[PEN.IANA, 1, "BYTES", "unsigned", "bytes"],
	[PEN.REVERSE, 1, "BYTES_REV", "unsigned", "bytesReverse"],
	[PEN.IANA, 2, "PACKETS", "unsigned", "packets"],
	[PEN.REVERSE, 2, "PACKETS_REV", "unsigned", "packetsReverse"],
	[PEN.IANA, 4, "PROTOCOL", "unsigned", "protocol"],
	[PEN.IANA, 6, "TCP_FLAGS", "unsigned", "tcpFlags"],
	[PEN.REVERSE, 6, "TCP_FLAGS_REV", "unsigned", "tcpFlagsReverse"],
	[PEN.IANA, 7, "SRC_PORT", "unsigned", "sourcePort"],
	[PEN.IANA, 8, "SRC_IP", "ipv4", "sourceAddress"],
	[PEN.IANA, 10, "INPUT_IFC", "unsigned"],
	[PEN.IANA, 11, "DST_PORT", "unsigned", "destinationPort"],
	[PEN.IANA, 12, "DST_IP", "ipv4", "destinationAddress"],
	[PEN.IANA, 21, "flowEndSysUpTime", "millisecondsOfUptime", "timeLast"],
	[PEN.IANA, 22, "flowStartSysUpTime", "millisecondsOfUptime", "timeFirst"],
	// Counts after the observation point: exporters of outgoing traffic have these instead of the others.
	[PEN.IANA, 23, "postOctetDeltaCount", "unsigned", "bytesTotal"],
	[PEN.IANA, 24, "postPacketDeltaCount", "unsigned", "packetsTotal"],
	[PEN.IANA, 27, "SRC_IP", "ipv6", "sourceAddress"],
	[PEN.IANA, 28, "DST_IP", "ipv6", "destinationAddress"],
	[PEN.IANA, 56, "SRC_MAC", "mac"],
	[PEN.IANA, 58, "VLAN_ID", "unsigned", "vlan"],
	[PEN.IANA, 60, "IP_VERSION", "unsigned"],
	[PEN.IANA, 80, "DST_MAC", "mac"],
	[PEN.IANA, 85, "octetTotalCount", "unsigned", "bytesTotal"],
	[PEN.REVERSE, 85, "octetTotalCount_REV", "unsigned", "bytesTotalReverse"],
	[PEN.IANA, 86, "packetTotalCount", "unsigned", "packetsTotal"],
	[PEN.REVERSE, 86, "packetTotalCount_REV", "unsigned", "packetsTotalReverse"],
	[PEN.IANA, 136, "FLOW_END_REASON", "unsigned"],
	[PEN.IANA, 148, "FLOW_ID", "unsigned", "flowId"],
	[PEN.IANA, 150, "flowStartSeconds", "seconds", "timeFirst"],
	[PEN.IANA, 151, "flowEndSeconds", "seconds", "timeLast"],
	[PEN.IANA, 152, "flowStartMilliseconds", "milliseconds", "timeFirst"],
	[PEN.IANA, 153, "flowEndMilliseconds", "milliseconds", "timeLast"],
	[PEN.IANA, 154, "TIME_FIRST", "ntp", "timeFirst"],
	[PEN.IANA, 155, "TIME_LAST", "ntp", "timeLast"],
	[PEN.IANA, 156, "flowStartNanoseconds", "ntp", "timeFirst"],
	[PEN.IANA, 157, "flowEndNanoseconds", "ntp", "timeLast"],
	[PEN.IANA, 158, "flowStartDeltaMicroseconds", "microsecondsBeforeExport", "timeFirst"],
	[PEN.IANA, 159, "flowEndDeltaMicroseconds", "microsecondsBeforeExport", "timeLast"],
	[PEN.IANA, 160, "systemInitTimeMilliseconds", "milliseconds", "systemInitTime"],
	[PEN.IANA, 231, "initiatorOctets", "unsigned", "bytes"],
	[PEN.IANA, 232, "responderOctets", "unsigned", "bytesReverse"],
	[PEN.IANA, 243, "dot1qVlanId", "unsigned", "vlan"],
	[PEN.IANA, 291, "basicList", "basicList", "list"],
	[PEN.IANA, 298, "initiatorPackets", "unsigned", "packets"],
	[PEN.IANA, 299, "responderPackets", "unsigned", "packetsReverse"],

	// CESNET: ipfixprobe. TLS_VERSION, TLS_ALPN and TLS_JA3 are Flowmon's elements.
	[PEN.CESNET, 802, "TLS_EXT_TYPE", "unsigned"],
	[PEN.CESNET, 803, "TLS_EXT_LEN", "unsigned"],
	[PEN.CESNET, 808, "TLS_SNI", "text", "serverName"],
	[PEN.CESNET, 809, "TLS_JA4", "paddedText", "ja4"],
	[PEN.CESNET, 850, "IDP_CONTENT", "octets", "payload"],
	[PEN.CESNET, 851, "IDP_CONTENT_REV", "octets", "payloadReverse"],
	[PEN.CESNET, 890, "QUIC_SNI", "text", "quicServerName"],
	[PEN.CESNET, 1013, "PPI_PKT_LENGTHS", "unsigned", "packetLengths"],
	[PEN.CESNET, 1014, "PPI_PKT_TIMES", "milliseconds", "packetTimes"],
	[PEN.CESNET, 1015, "PPI_PKT_FLAGS", "unsigned", "packetFlags"],
	[PEN.CESNET, 1016, "PPI_PKT_DIRECTIONS", "signed", "packetDirections"],

	// Flowmon probes (element list of CESNET's libfds, flowmon.xml).
	[PEN.FLOWMON, 333, "TLS_VERSION", "unsigned"],
	[PEN.FLOWMON, 337, "TLS_ALPN", "text", "alpn"],
	[PEN.FLOWMON, 338, "tlsSni", "paddedText", "serverName"],
	[PEN.FLOWMON, 357, "TLS_JA3", "octets", "ja3"],

	// Cisco's encrypted traffic analytics as joy exports it (ipfix.h of cisco/joy, enterprise bit taken off): the initial
	// data packet, and lists of the lengths of packets with payload and of the milliseconds between them. Uniflows.
	[PEN.CISCO, 12172, "initialDataPacket", "octets", "payload"],
	[PEN.CISCO, 12184, "sequencePacketLengths", "unsigned", "packetLengths"],
	[PEN.CISCO, 12185, "sequencePacketTimes", "intervalMilliseconds", "packetTimes"],

	// YAF (CERT's registry); its reverse elements have bit 14 of the identifier set. Payload needs --export-payload.
	[PEN.CERT, 14, "initialTCPFlags", "unsigned", "tcpFlags"],
	[PEN.CERT, 15, "unionTCPFlags", "unsigned", "tcpFlags"],
	[PEN.CERT, 16398, "reverseInitialTCPFlags", "unsigned", "tcpFlagsReverse"],
	[PEN.CERT, 16399, "reverseUnionTCPFlags", "unsigned", "tcpFlagsReverse"],
	[PEN.CERT, 18, "payload", "octets", "payload"],
	[PEN.CERT, 16402, "reversePayload", "octets", "payloadReverse"],

	// nProbe (its guide "Flow Information Elements": TLS_SERVER_NAME).
	[PEN.NTOP, 188, "TLS_SERVER_NAME", "paddedText", "serverName"],

	// Sent only between our own programs, over a message bus: the detector loses nothing on this way.
	[PEN.OWN, 1, "PPI_PKT_TIMES", "unsigned", "packetTimes"],
	[PEN.OWN, 2, "PUSH_TIMES", "unsigned", "pushTimes"],
	[PEN.OWN, 3, "FLOW_PART", "unsigned", "part"],
	[PEN.OWN, 4, "LONG_PAYLOAD", "octets", "longPayload"],
	[PEN.OWN, 5, "LONG_PAYLOAD_REV", "octets", "longPayloadReverse"],
	[PEN.OWN, 6, "QUIC_ALPN", "text", "quicAlpn"],
	[PEN.OWN, 7, "RESOLVED_NAME", "text", "resolvedName"],
];

const ELEMENTS = new Map<number, Element>(
	ROWS.map(([pen, id, name, coding, part = "none"]) => [elementKey(pen, id), { pen, id, name, coding, part }]),
);

/** An element as one number: exact, because an enterprise number has 32 bits and an identifier 15. */
export function elementKey(pen: number, id: number): number {
	return pen * 32768 + id;
}

/** The row of an element, or undefined. */
export function elementOf(pen: number, id: number): Element | undefined {
	return ELEMENTS.get(elementKey(pen, id));
}
