import { addressText } from "./address.ts";
import { type FlowColumns, type ListColumn, listAt } from "./flow-columns.ts";

/** One bidirectional flow with the fields of NEMEA's exporter; addresses as text, times in whole microseconds. */
export interface Flow {
	readonly sourceAddress: string;
	readonly destinationAddress: string;
	readonly sourcePort: number;
	readonly destinationPort: number;
	/** IP protocol number: 6 is TCP, 17 UDP. */
	readonly protocol: number;
	/** IP bytes of the direction source → destination, headers included. */
	readonly bytes: number;
	readonly bytesReverse: number;
	readonly packets: number;
	readonly packetsReverse: number;
	readonly tcpFlags: number;
	readonly tcpFlagsReverse: number;
	readonly timeFirst: number;
	readonly timeLast: number;
	readonly packetLengths: readonly number[];
	readonly packetDirections: readonly number[];
	readonly packetFlags: readonly number[];
	readonly packetTimes: readonly number[];
	readonly payload: Uint8Array;
	readonly payloadReverse: Uint8Array;
	/** TLS server name as text, invalid UTF-8 replaced; empty for none. */
	readonly serverName: string;
	readonly label?: string;
	readonly longPayload?: Uint8Array;
	readonly longPayloadReverse?: Uint8Array;
	readonly alpn?: string;
	readonly quicServerName?: string;
	readonly quicAlpn?: string;
	readonly ja3?: string;
	readonly ja4?: string;
	readonly resolvedName?: string;
	readonly vlan?: number;
}

/** Flow i as an object, copied from the columns. Made on demand: only reported flows become objects. */
export function flowAt(columns: FlowColumns, i: number): Flow {
	const { extras } = columns;
	return {
		sourceAddress: addressText(columns.addresses, i * 32),
		destinationAddress: addressText(columns.addresses, i * 32 + 16),
		sourcePort: columns.sourcePort[i]!,
		destinationPort: columns.destinationPort[i]!,
		protocol: columns.protocol[i]!,
		bytes: columns.bytes[i]!,
		bytesReverse: columns.bytesReverse[i]!,
		packets: columns.packets[i]!,
		packetsReverse: columns.packetsReverse[i]!,
		tcpFlags: columns.tcpFlags[i]!,
		tcpFlagsReverse: columns.tcpFlagsReverse[i]!,
		timeFirst: columns.timeFirst[i]!,
		timeLast: columns.timeLast[i]!,
		packetLengths: Array.from(listAt(columns.packetLengths, i)),
		packetDirections: Array.from(listAt(columns.packetDirections, i)),
		packetFlags: Array.from(listAt(columns.packetFlags, i)),
		packetTimes: Array.from(listAt(columns.packetTimes, i)),
		payload: listAt(columns.payload, i).slice(),
		payloadReverse: listAt(columns.payloadReverse, i).slice(),
		serverName: textAt(columns.serverName, i),
		...(extras.label && { label: textAt(extras.label, i) }),
		...(extras.longPayload && { longPayload: listAt(extras.longPayload, i).slice() }),
		...(extras.longPayloadReverse && { longPayloadReverse: listAt(extras.longPayloadReverse, i).slice() }),
		...(extras.alpn && { alpn: textAt(extras.alpn, i) }),
		...(extras.quicServerName && { quicServerName: textAt(extras.quicServerName, i) }),
		...(extras.quicAlpn && { quicAlpn: textAt(extras.quicAlpn, i) }),
		...(extras.ja3 && { ja3: textAt(extras.ja3, i) }),
		...(extras.ja4 && { ja4: textAt(extras.ja4, i) }),
		...(extras.resolvedName && { resolvedName: textAt(extras.resolvedName, i) }),
		...(extras.vlan && { vlan: extras.vlan[i]! }),
	};
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A list column's bytes of flow i as text; invalid UTF-8 becomes U+FFFD (WHATWG, maximal subpart). */
export function textAt(column: ListColumn<Uint8Array>, i: number): string {
	const begin = column.offsets[i]!;
	const end = column.offsets[i + 1]!;
	return begin === end ? "" : utf8.decode(column.values.subarray(begin, end));
}
