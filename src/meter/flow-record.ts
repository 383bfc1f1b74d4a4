/**
 * The layout of a flow in the table's memory: 128 bytes, two cache lines, accessed by views of doubles, words and
 * bytes. Offsets are within the record, in units of the view.
 */
export const RECORD_BYTES = 128;
/** Shifts from a slot's number to its index in each view. */
export const DOUBLE_SHIFT = 4;
export const WORD_SHIFT = 5;
export const BYTE_SHIFT = 7;

/** Counters of both directions are adjacent: add 1 for the direction back to the source. */
export const DOUBLE = { TIME_FIRST: 0, TIME_LAST: 1, BYTES: 2, BYTES_REVERSE: 3 } as const;

export const WORD = {
	/** The first words of the key, the whole key of an IPv4 flow. */
	KEY: 8,
	PACKETS: 12,
	PACKETS_REVERSE: 13,
	/**
	 * Last block of the packet list, 0 for none. The first cache line ends here: it holds the fields that every packet
	 * touches.
	 */
	LIST_LAST: 15,
	LIST_FIRST: 16,
	/** Chains of bytes, 0 for none. The first payload has no chain if it is the beginning of the long one. */
	PAYLOAD: 17,
	PAYLOAD_REVERSE: 18,
	SERVER_NAME: 19,
	HASH: 20,
	NEXT_FREE: 21,
	/** The same word during the flow: the sequence number of the source's first byte, with {@link EXTRA.SYN}. */
	FIRST_SEQUENCE: 21,
	/** The words of the key that only IPv6 flows have. */
	KEY_REST: 22,
	/** Pieces of long payloads, 0 for none. */
	LONG_PAYLOAD: 29,
	LONG_PAYLOAD_REVERSE: 30,
	/** The word that `PushTimes` keeps of the connection. */
	PUSHES: 31,
} as const;

export const BYTE = {
	FLAGS: 56,
	FLAGS_REVERSE: 57,
	STATE: 58,
	/** Number of packets in the list. */
	LIST_COUNT: 59,
	PAYLOAD_LENGTH: 112,
	PAYLOAD_REVERSE_LENGTH: 113,
	SERVER_NAME_LENGTH: 114,
	/** Bits of {@link EXTRA}. */
	EXTRAS: 115,
} as const;

/** Bits of `BYTE.STATE`. */
export const STATE = {
	/**
	 * The flow's source is the second end of the key. It is the lowest bit, so that it can be compared with another one.
	 */
	SOURCE_SECOND: 1,
	CLIENT_HELLO: 2,
	SERVER_HELLO: 4,
	/** The direction's first payload is kept. Shift by 1 for the direction back to the source. */
	PAYLOAD: 8,
	/** The direction's long payload is complete. Shift by 1 for the direction back. */
	LONG_PAYLOAD: 32,
	/** The long payload of both directions is complete. */
	LONG_PAYLOADS: 32 | 64,
	/** A hello has begun and continues in later packets. */
	HELLO_UNDER_WAY: 128,
} as const;

/** Bits of `BYTE.EXTRAS`: the parts of the flow outside its record. */
export const EXTRA = {
	HANDSHAKE: 1,
	/** The flow was reported early: for its payload, for its complete packet list. */
	EARLY_PAYLOAD: 2,
	EARLY_LIST: 4,
	/** The connection's server is the second end of the key. Set if push times are kept. */
	SERVER_SECOND: 8,
	/** The source's SYN was seen. */
	SYN: 16,
} as const;

/**
 * Words of a key: both ports, the end with the lower address and port first; protocol, version and VLAN; the addresses.
 */
export const KEY_WORDS = 10;
export const KEY_WORDS_IPV4 = 4;
export const KEY = { PORTS: 0, PROTOCOL: 1, FIRST: 2, SECOND: 3, FIRST_REST: 4, SECOND_REST: 7 } as const;
