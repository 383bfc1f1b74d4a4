import type { CapturedPacket } from "./captured-packet.ts";

/** No real capture has a longer packet (libpcap's own limit); a longer one means a damaged header. */
export const MAXIMUM_PACKET = 262_144;

/** The record's header is impossible; the start of the next record is unknown. */
export const DAMAGED = -0x7fffffff;

/** In `packet.linkType`: the record is not a packet, or an impossible packet (its interface or its length). */
export const NO_PACKET = -1;
export const MALFORMED_RECORD = -2;

/** The record layout of one file format. The reader owns the bytes, the format interprets them. */
export interface CaptureFormat {
	/** Bytes required by {@link readHeader}; 0 for formats without a file header. */
	readonly headerLength: number;
	/** Throws if the header is not valid. */
	readHeader(view: DataView, begin: number): void;
	/**
	 * Reads the record at `begin`. The result is its length, after which the next one begins; or minus the number of
	 * bytes required to continue; or {@link DAMAGED}. For a record without a usable packet, `packet.linkType` is
	 * {@link NO_PACKET} or {@link MALFORMED_RECORD}; else all of `packet` but `bytes` is set, with indices into the view.
	 */
	readRecord(view: DataView, begin: number, end: number, packet: CapturedPacket): number;
}
