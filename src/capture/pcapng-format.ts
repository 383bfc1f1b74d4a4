import { type CaptureFormat, DAMAGED, MALFORMED_RECORD, MAXIMUM_PACKET, NO_PACKET } from "./capture-format.ts";
import type { CapturedPacket } from "./captured-packet.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
/** Larger blocks are damaged: name resolution and decryption secrets are the largest real ones. */
const MAXIMUM_BLOCK = 1 << 24;
/** A section with more interfaces is not real; the limit bounds memory. */
const MAXIMUM_INTERFACES = 1 << 16;

interface Interface {
	readonly linkType: number;
	/** Simple packet blocks carry no captured length of their own; 0 is unlimited. */
	readonly snapLength: number;
	/** Units of a timestamp per second, and the exponent of ten for the two usual resolutions. */
	readonly unitsPerSecond: bigint;
	readonly decimals: number;
	/** Seconds to add. */
	readonly offset: number;
}

export function isPcapng(head: Uint8Array): boolean {
	if (head.length < 12) return false;
	const view = new DataView(head.buffer, head.byteOffset, 12);
	if (view.getUint32(0) !== SECTION_HEADER) return false;
	return view.getUint32(8) === BYTE_ORDER_MAGIC || view.getUint32(8, true) === BYTE_ORDER_MAGIC;
}

/**
 * The next-generation format (draft-ietf-opsawg-pcapng): sections of either byte order, any number of interfaces,
 * enhanced, simple and obsolete packet blocks. Other blocks are skipped.
 */
export class PcapngFormat implements CaptureFormat {
	readonly headerLength = 0;
	#littleEndian = true;
	#interfaces: Interface[] = [];
	/** Simple packets have no time: they get the previous one, so that they stay in order. */
	#lastTime = 0;

	readHeader(): void {}

	readRecord(view: DataView, begin: number, end: number, packet: CapturedPacket): number {
		packet.linkType = NO_PACKET;
		if (end - begin < 12) return -12;
		let type = view.getUint32(begin, this.#littleEndian);
		if (view.getUint32(begin) === SECTION_HEADER) {
			// The magic is a palindrome of bytes; the next field shows the byte order of the section.
			if (view.getUint32(begin + 8, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true;
			else if (view.getUint32(begin + 8) === BYTE_ORDER_MAGIC) this.#littleEndian = false;
			else return DAMAGED;
			type = SECTION_HEADER;
			this.#interfaces = [];
		}
		const length = view.getUint32(begin + 4, this.#littleEndian);
		if (length < 12 || length > MAXIMUM_BLOCK) return DAMAGED;
		// Some writers do not count the padding to four bytes; the next block is aligned all the same.
		const padded = (length + 3) & ~3;
		if (padded > end - begin) return -padded;
		const bodyEnd = begin + length - 4;
		if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) this.#readPacket(view, begin + 8, bodyEnd, packet, type);
		else if (type === INTERFACE) this.#readInterface(view, begin + 8, bodyEnd);
		else if (type === SIMPLE_PACKET) this.#readSimple(view, begin + 8, bodyEnd, packet);
		return padded;
	}

	/** Enhanced and obsolete blocks differ in one field: the old one has 16 bits of interface and 16 of drops. */
	#readPacket(view: DataView, begin: number, end: number, packet: CapturedPacket, type: number): void {
		packet.linkType = MALFORMED_RECORD;
		if (end - begin < 20) return;
		const littleEndian = this.#littleEndian;
		const interfaceId =
			type === OBSOLETE_PACKET ? view.getUint16(begin, littleEndian) : view.getUint32(begin, littleEndian);
		const from = this.#interfaces[interfaceId];
		if (from === undefined) return;
		const captured = view.getUint32(begin + 12, this.#littleEndian);
		if (captured > MAXIMUM_PACKET || captured > end - begin - 20) return;
		const high = view.getUint32(begin + 4, this.#littleEndian);
		const low = view.getUint32(begin + 8, this.#littleEndian);
		this.#lastTime = microseconds(high, low, from);
		packet.time = this.#lastTime;
		packet.begin = begin + 20;
		packet.end = packet.begin + captured;
		packet.wireLength = view.getUint32(begin + 16, this.#littleEndian);
		packet.linkType = from.linkType;
	}

	#readSimple(view: DataView, begin: number, end: number, packet: CapturedPacket): void {
		packet.linkType = MALFORMED_RECORD;
		const from = this.#interfaces[0];
		if (from === undefined || end - begin < 4) return;
		const wireLength = view.getUint32(begin, this.#littleEndian);
		const captured = Math.min(wireLength, from.snapLength || wireLength, end - begin - 4);
		if (captured > MAXIMUM_PACKET) return;
		packet.time = this.#lastTime;
		packet.begin = begin + 4;
		packet.end = packet.begin + captured;
		packet.wireLength = wireLength;
		packet.linkType = from.linkType;
	}

	#readInterface(view: DataView, begin: number, end: number): void {
		if (end - begin < 8 || this.#interfaces.length >= MAXIMUM_INTERFACES) return;
		const littleEndian = this.#littleEndian;
		let resolution = 6;
		let offset = 0;
		for (let at = begin + 8; at + 4 <= end; ) {
			const code = view.getUint16(at, littleEndian);
			const length = view.getUint16(at + 2, littleEndian);
			if (code === 0 || at + 4 + length > end) break;
			if (code === OPTION_TSRESOL && length === 1) resolution = view.getUint8(at + 4);
			if (code === OPTION_TSOFFSET && length === 8) offset = Number(view.getBigInt64(at + 4, littleEndian));
			at += 4 + ((length + 3) & ~3);
		}
		const exponent = resolution & 0x7f;
		const binary = resolution > 0x7f;
		// No clock is finer than 64 bits can count; the bound keeps the power small.
		const unitsPerSecond = binary ? 2n ** BigInt(Math.min(exponent, 63)) : 10n ** BigInt(Math.min(exponent, 19));
		this.#interfaces.push({
			linkType: view.getUint16(begin, littleEndian),
			snapLength: view.getUint32(begin + 4, littleEndian),
			unitsPerSecond,
			decimals: binary ? -1 : exponent,
			offset,
		});
	}
}

/** A timestamp of 64 bits in units of the interface as whole microseconds, truncated. */
function microseconds(high: number, low: number, from: Interface): number {
	return timestampInMicroseconds(high, low, from) + from.offset * 1e6;
}

function timestampInMicroseconds(high: number, low: number, { decimals, unitsPerSecond }: Interface): number {
	if (decimals === 6) return high * 2 ** 32 + low;
	if (decimals === 9) {
		// Long division in two digits of 32 bits: a double has too few bits for nanoseconds since the epoch.
		const quotient = Math.floor(high / 1000);
		return quotient * 2 ** 32 + Math.floor(((high - quotient * 1000) * 2 ** 32 + low) / 1000);
	}
	return Number((((BigInt(high) << 32n) | BigInt(low)) * 1_000_000n) / unitsPerSecond);
}
