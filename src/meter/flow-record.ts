/**
 * How one flow lies in the table's memory: 128 bytes, two cache lines, seen through views of doubles, words and bytes.
 * Offsets are within the record, in units of the view.
 */
export const RECORD_BYTES = 128;
/** Shifts from a slot's number to its index in each view. */
export const DOUBLE_SHIFT = 4;
export const WORD_SHIFT = 5;
export const BYTE_SHIFT = 7;

export const DOUBLE = { TIME_FIRST: 0, TIME_LAST: 1, BYTES: 2, BYTES_REVERSE: 3 } as const;

export const WORD = {
	/** The key: {@link KEY_WORDS} words, the end with the lower address and port first. */
	KEY: 8,
	PACKETS: 18,
	PACKETS_REVERSE: 19,
	/** First and last block of the packet list, 0 for none. */
	LIST_FIRST: 21,
	LIST_LAST: 22,
	/** Chains of bytes, 0 for none. */
	PAYLOAD: 23,
	PAYLOAD_REVERSE: 24,
	SERVER_NAME: 25,
	HASH: 27,
	NEXT_FREE: 28,
} as const;

export const BYTE = {
	FLAGS: 80,
	FLAGS_REVERSE: 81,
	STATE: 82,
	/** Packets in the list. */
	LIST_COUNT: 83,
	PAYLOAD_LENGTH: 104,
	PAYLOAD_REVERSE_LENGTH: 105,
	SERVER_NAME_LENGTH: 106,
} as const;

/** Bits of `BYTE.STATE`. */
export const STATE = {
	/** The slot holds a flow. */
	LIVE: 1,
	/** The flow's source is the end that stands second in the key. */
	SOURCE_SECOND: 2,
	CLIENT_HELLO: 4,
	SERVER_HELLO: 8,
} as const;

/** Words of a key: both ports; protocol, version and VLAN; four words of address for each end. */
export const KEY_WORDS = 10;
export const KEY = { PORTS: 0, PROTOCOL: 1, FIRST: 2, SECOND: 6 } as const;
