import type { CapturedPacket } from "./captured-packet.ts";

/**
 * Encodes a capture in the classic format, little-endian, with microseconds. {@link header} and {@link record} return
 * bytes.
 */
export function pcapHeader(linkType: number, snapLength = 262_144): Uint8Array {
	const bytes = new Uint8Array(24);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, 0xa1b2c3d4, true);
	view.setUint16(4, 2, true);
	view.setUint16(6, 4, true);
	view.setUint32(16, snapLength, true);
	view.setUint32(20, linkType, true);
	return bytes;
}

/**
 * One packet with its record header; `time` in whole microseconds since the epoch, `wireLength` if bytes were
 * truncated.
 */
export function pcapRecord(time: number, packet: Uint8Array, wireLength = packet.length): Uint8Array {
	const bytes = new Uint8Array(16 + packet.length);
	const view = new DataView(bytes.buffer);
	const seconds = Math.floor(time / 1e6);
	view.setUint32(0, seconds, true);
	view.setUint32(4, time - seconds * 1e6, true);
	view.setUint32(8, packet.length, true);
	view.setUint32(12, wireLength, true);
	bytes.set(packet, 16);
	return bytes;
}

/** A packet to write: µs since the epoch, and the bytes from the link layer. */
export type TimedPacket = Pick<CapturedPacket, "time"> & { readonly bytes: Uint8Array };

/** A whole capture in memory. */
export function pcapFile(linkType: number, packets: Iterable<TimedPacket>): Uint8Array {
	const parts = [pcapHeader(linkType)];
	for (const { time, bytes } of packets) parts.push(pcapRecord(time, bytes));
	const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		file.set(part, at);
		at += part.length;
	}
	return file;
}
