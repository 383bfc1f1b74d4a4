import { DeCryptoError } from "../bytes/error.ts";
import { type CaptureFormat, DAMAGED, MAXIMUM_PACKET } from "./capture-format.ts";
import type { CapturedPacket } from "./captured-packet.ts";

const FILE_HEADER = 24;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetzov's libpcap of old Red Hat releases: record headers of 24 bytes. */
const MODIFIED = 0xa1b2cd34;
const MAGICS: readonly number[] = [MICROSECONDS, NANOSECONDS, MODIFIED];

export function isPcap(head: Uint8Array): boolean {
	if (head.length < 4) return false;
	const view = new DataView(head.buffer, head.byteOffset, 4);
	return MAGICS.includes(view.getUint32(0, true)) || MAGICS.includes(view.getUint32(0, false));
}

/** The classic format (draft-ietf-opsawg-pcap), both byte orders, microseconds and nanoseconds. */
export class PcapFormat implements CaptureFormat {
	readonly headerLength = FILE_HEADER;
	#littleEndian = true;
	#recordHeader = 16;
	#nanoseconds = false;
	#linkType = 0;
	#minorVersion = 4;

	readHeader(view: DataView, begin: number): void {
		this.#littleEndian = MAGICS.includes(view.getUint32(begin, true));
		const magic = view.getUint32(begin, this.#littleEndian);
		if (!MAGICS.includes(magic)) throw new DeCryptoError("capture", "not a pcap file");
		this.#nanoseconds = magic === NANOSECONDS;
		this.#recordHeader = magic === MODIFIED ? 24 : 16;
		this.#minorVersion = view.getUint16(begin + 6, this.#littleEndian);
		// The upper six bits describe a frame check sequence.
		this.#linkType = view.getUint32(begin + 20, this.#littleEndian) & 0x03ffffff;
	}

	readRecord(view: DataView, begin: number, end: number, packet: CapturedPacket): number {
		const data = begin + this.#recordHeader;
		if (data > end) return begin - data;
		const littleEndian = this.#littleEndian;
		const seconds = view.getUint32(begin, littleEndian);
		const fraction = view.getUint32(begin + 4, littleEndian);
		let captured = view.getUint32(begin + 8, littleEndian);
		let onWire = view.getUint32(begin + 12, littleEndian);
		// Files before version 2.3 have the two lengths swapped; those of 2.3 may have either order.
		if (this.#minorVersion < 4 && (this.#minorVersion < 3 || captured > onWire)) {
			[captured, onWire] = [onWire, captured];
		}
		if (captured > MAXIMUM_PACKET) return DAMAGED;
		if (captured > end - data) return begin - data - captured;
		packet.begin = data;
		packet.end = data + captured;
		packet.wireLength = onWire;
		packet.time = seconds * 1e6 + (this.#nanoseconds ? (fraction / 1000) >>> 0 : fraction);
		packet.linkType = this.#linkType;
		return this.#recordHeader + captured;
	}
}
