import type { CapturedPacket } from "./captured-packet.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;

/**
 * A capture in pcapng (draft-ietf-opsawg-pcapng), little-endian, with microseconds: packets of several link types go
 * into one file, each type as an interface whose description is written when it is first needed.
 */
export class PcapngWriter {
	readonly #interfaces = new Map<number, number>();
	readonly #write: (bytes: Uint8Array) => void;

	/** `write` receives each block; the encoder does not touch its bytes again. */
	constructor(write: (bytes: Uint8Array) => void) {
		this.#write = write;
		const section = block(SECTION_HEADER, 16);
		section.setUint32(8, 0x1a2b3c4d, true);
		section.setUint16(12, 1, true);
		// Section length: not specified.
		section.setBigInt64(16, -1n, true);
		this.#put(section);
	}

	/** Copies the packet into the capture. */
	add(packet: CapturedPacket): void {
		const id = this.#interfaces.get(packet.linkType) ?? this.#describe(packet.linkType);
		const length = packet.end - packet.begin;
		const record = block(ENHANCED_PACKET, 20 + length);
		record.setUint32(8, id, true);
		record.setUint32(12, Math.floor(packet.time / 2 ** 32), true);
		record.setUint32(16, packet.time % 2 ** 32, true);
		record.setUint32(20, length, true);
		record.setUint32(24, packet.wireLength, true);
		new Uint8Array(record.buffer).set(packet.bytes.subarray(packet.begin, packet.end), 28);
		this.#put(record);
	}

	#describe(linkType: number): number {
		const id = this.#interfaces.size;
		this.#interfaces.set(linkType, id);
		const description = block(INTERFACE_DESCRIPTION, 8);
		description.setUint16(8, linkType, true);
		this.#put(description);
		return id;
	}

	#put(view: DataView<ArrayBuffer>): void {
		this.#write(new Uint8Array(view.buffer));
	}
}

/** A block with its type and both of its lengths; the body is padded to 32 bits. */
function block(type: number, bodyLength: number): DataView<ArrayBuffer> {
	const length = 12 + Math.ceil(bodyLength / 4) * 4;
	const view = new DataView(new ArrayBuffer(length));
	view.setUint32(0, type, true);
	view.setUint32(4, length, true);
	view.setUint32(length - 4, length, true);
	return view;
}
