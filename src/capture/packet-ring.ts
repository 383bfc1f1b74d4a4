import { CapturedPacket } from "./captured-packet.ts";

/** Bytes per packet in addition to its own. */
const SLOT_BYTES = 64;

/**
 * The last packets of a capture, copied into memory of a fixed size: a live capture can still write them when a flow
 * turns out to be mining. New packets replace the oldest.
 */
export class PacketRing {
	readonly #bytes: Uint8Array;
	readonly #begins: Float64Array;
	readonly #lengths: Uint32Array;
	readonly #wireLengths: Uint32Array;
	readonly #linkTypes: Uint16Array;
	readonly #times: Float64Array;
	readonly #taken: Uint8Array;
	/** Packets ever added, and the first that is still kept. */
	#added = 0;
	#first = 0;
	/** Bytes ever written, including gaps at the end of the ring. */
	#written = 0;
	readonly #packet = new CapturedPacket();

	/** `capacity` in bytes, of packets; at least 64 KiB. */
	constructor(capacity: number) {
		const bytes = Math.max(1 << 16, capacity);
		const slots = Math.ceil(bytes / SLOT_BYTES);
		this.#bytes = new Uint8Array(bytes);
		this.#begins = new Float64Array(slots);
		this.#lengths = new Uint32Array(slots);
		this.#wireLengths = new Uint32Array(slots);
		this.#linkTypes = new Uint16Array(slots);
		this.#times = new Float64Array(slots);
		this.#taken = new Uint8Array(slots);
		this.#packet.bytes = this.#bytes;
	}

	/** Number of packets kept. */
	get length(): number {
		return this.#added - this.#first;
	}

	/** Keeps a copy of the packet; a packet larger than the ring is skipped. */
	add(packet: CapturedPacket): void {
		const length = packet.end - packet.begin;
		const capacity = this.#bytes.length;
		if (length > capacity) return;
		let at = this.#written % capacity;
		if (at + length > capacity) {
			this.#written += capacity - at;
			at = 0;
		}
		const slots = this.#begins.length;
		const oldest = this.#written + length - capacity;
		while (this.#first < this.#added && (this.#begins[this.#first % slots]! < oldest || this.length === slots))
			this.#first++;
		const slot = this.#added++ % slots;
		this.#begins[slot] = this.#written;
		this.#lengths[slot] = length;
		this.#wireLengths[slot] = packet.wireLength;
		this.#linkTypes[slot] = packet.linkType;
		this.#times[slot] = packet.time;
		this.#taken[slot] = 0;
		this.#bytes.set(packet.bytes.subarray(packet.begin, packet.end), at);
		this.#written += length;
	}

	/**
	 * Offers each packet that was not taken before, the oldest first; `take` returns whether it took it. The packet is
	 * reused.
	 */
	offer(take: (packet: CapturedPacket) => boolean): void {
		const slots = this.#begins.length;
		const packet = this.#packet;
		for (let n = this.#first; n < this.#added; n++) {
			const slot = n % slots;
			if (this.#taken[slot] === 1) continue;
			packet.begin = this.#begins[slot]! % this.#bytes.length;
			packet.end = packet.begin + this.#lengths[slot]!;
			packet.wireLength = this.#wireLengths[slot]!;
			packet.linkType = this.#linkTypes[slot]!;
			packet.time = this.#times[slot]!;
			if (take(packet)) this.#taken[slot] = 1;
		}
	}
}
