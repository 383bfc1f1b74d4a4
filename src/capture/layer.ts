/**
 * What comes next in a packet. A layer's function moves the {@link LayerWalk} behind its header and returns one of these,
 * or an outcome (0 or less) where the packet is done: no layer calls another, so nesting costs no stack and is counted in one place.
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

/** Where the decoder stands in a packet. */
export class LayerWalk {
	bytes: Uint8Array = EMPTY;
	/** First byte of the frame, the next byte to read, and the end of what was captured. */
	frame = 0;
	at = 0;
	end = 0;
	/** The end of the frame as it was on the wire; `end` or later. */
	wireEnd = 0;
	/** Bytes of the innermost IP packet from `at` on, as its header says, or the frame where that says 0. */
	ipPayloadLength = 0;
	/** Whether tunnels beyond the reference's are opened. */
	decapsulate = false;
	/** Whether lengths of 0 are taken as the reference exporter takes them. */
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
