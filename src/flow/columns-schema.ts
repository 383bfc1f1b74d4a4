/**
 * The one table of the columns of {@link FlowColumns}: builders, accumulators and views derive their lists of names
 * from it. Addresses (32 bytes per flow), attributes (named by the source) and records are not in it.
 */

/** One number per flow. */
export const SCALAR_COLUMNS = {
	bytes: Float64Array,
	bytesReverse: Float64Array,
	packets: Float64Array,
	packetsReverse: Float64Array,
	timeFirst: Float64Array,
	timeLast: Float64Array,
	sourcePort: Uint16Array,
	destinationPort: Uint16Array,
	protocol: Uint8Array,
	tcpFlags: Uint8Array,
	tcpFlagsReverse: Uint8Array,
} as const;

/** A list per flow. */
export const LIST_COLUMNS = {
	packetLengths: Uint16Array,
	packetDirections: Int8Array,
	packetFlags: Uint8Array,
	packetTimes: Float64Array,
	payload: Uint8Array,
	payloadReverse: Uint8Array,
	serverName: Uint8Array,
} as const;

/** Optional columns of one number per flow. */
export const SCALAR_EXTRAS = { vlan: Uint16Array, flowId: Float64Array, part: Uint8Array } as const;

/** Optional columns of a list per flow. */
export const LIST_EXTRAS = {
	label: Uint8Array,
	longPayload: Uint8Array,
	longPayloadReverse: Uint8Array,
	alpn: Uint8Array,
	quicServerName: Uint8Array,
	quicAlpn: Uint8Array,
	ja3: Uint8Array,
	ja4: Uint8Array,
	resolvedName: Uint8Array,
	pushTimes: Float64Array,
} as const;

export type ScalarColumn = keyof typeof SCALAR_COLUMNS;
export type ListColumnName = keyof typeof LIST_COLUMNS;
export type ScalarExtra = keyof typeof SCALAR_EXTRAS;
export type ListExtra = keyof typeof LIST_EXTRAS;
/** Optional list columns whose values are bytes of text or payload. */
export type TextExtra = Exclude<ListExtra, "pushTimes">;

export const SCALAR_NAMES = Object.keys(SCALAR_COLUMNS) as readonly ScalarColumn[];
export const LIST_NAMES = Object.keys(LIST_COLUMNS) as readonly ListColumnName[];
export const SCALAR_EXTRA_NAMES = Object.keys(SCALAR_EXTRAS) as readonly ScalarExtra[];
export const LIST_EXTRA_NAMES = Object.keys(LIST_EXTRAS) as readonly ListExtra[];
