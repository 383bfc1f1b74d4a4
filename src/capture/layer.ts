/**
 * The next layer of a packet. The function of a layer moves the {@link LayerWalk} past its header and returns one of
 * these, or an outcome (0 or less) if the packet is finished: no layer calls another, so that nesting costs no stack
 * and is counted in one place.
 */
export const LAYER = {
	ETHERNET: 1,
	IPV4: 2,
	IPV6: 3,
	MPLS: 4,
	PPPOE: 5,
	PPP: 6,
	TRILL: 7,
	GRE: 8,
	TCP: 9,
	UDP: 10,
	OTHER: 11,
	IP: 12,
	VXLAN: 13,
	GTP: 14,
	TEREDO: 15,
	GENEVE: 16,
	VXLAN_GPE: 17,
	TZSP: 18,
	MPLS_UDP: 19,
} as const;

/** The position of the decoder in a packet. */
export class LayerWalk {
	bytes: Uint8Array = EMPTY;
	/** First byte of the frame, the next byte to read, and the end of what was captured. */
	frame = 0;
	at = 0;
	end = 0;
	/** The end of the frame on the wire; `end` or later. */
	wireEnd = 0;
	/** Bytes of the innermost IP packet from `at`, by its header, or by the frame if the header has 0. */
	ipPayloadLength = 0;
	/** Whether tunnels that the reference exporter does not open are opened. */
	decapsulate = false;
	/** Whether lengths of 0 are interpreted as by the reference exporter. */
	wrapsLengths = false;
}

const EMPTY = new Uint8Array(0);

/** Big-endian integers; the caller has checked the bounds. */
export function u16(bytes: Uint8Array, at: number): number {
	return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Signed, so that it stays a small integer. */
export function i32(bytes: Uint8Array, at: number): number {
	return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
