import type { CapturedPacket } from "./captured-packet.ts";

/** No real capture has a packet above this (libpcap's own limit); a longer one is a damaged header. */
export const MAXIMUM_PACKET = 262_144;

/** The record's header cannot be true; where the next one begins is unknown. */
export const DAMAGED = -0x7fffffff;

/** In `packet.linkType`: the record is no packet, or a packet that cannot be (its interface or its length). */
export const NO_PACKET = -1;
export const MALFORMED_RECORD = -2;

/** How one file format lays out its records. The reader owns the bytes, the format what they mean. */
export interface CaptureFormat {
	/** Bytes to have before {@link readHeader}; 0 for formats whose records say everything. */
	readonly headerLength: number;
	/** Throws where the header cannot be understood. */
	readHeader(view: DataView, begin: number): void;
	/**
	 * Reads the record at `begin`. The result is its length, after which the next one begins; or minus the number of
	 * bytes that must be there for it to go on; or {@link DAMAGED}. A record without a packet to use has {@link NO_PACKET} or {@link MALFORMED_RECORD} in `packet.linkType`;
	 * else all of `packet` but `bytes` is set, `begin` and `end` as indices into the view.
	 */
	readRecord(view: DataView, begin: number, end: number, packet: CapturedPacket): number;
}
