import { type ClientHello, MAXIMUM_HELLO } from "./client-hello.ts";
import { type HelloResult, parseHelloMessage } from "./parse-client-hello.ts";
import { collectCrypto } from "./quic-frames.ts";
import { createLongHeader, type LongHeader, openInitial, readLongHeader } from "./quic-initial.ts";
import { clientInitialKeys, type InitialKeys, quicVersion } from "./quic-keys.ts";
import { Slots } from "./slots.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/**
 * ClientHellos out of QUIC's Initial packets (versions 1 and 2, late drafts): several packets in a datagram, several
 * datagrams, CRYPTO frames in any order. Only the first {@link MAXIMUM_PACKETS} Initial packets of a flow are opened, and
 * at most `slots` flows are under way at once; the oldest gives way.
 */
export class QuicHellos {
	readonly #flows: Slots<QuicFlow>;

	constructor(slots = 512) {
		this.#flows = new Slots(slots, () => new QuicFlow());
	}

	/** Hellos given up because too many were under way. */
	get evicted(): number {
		return this.#flows.evicted;
	}

	/** Begins a flow. Gives a handle, above 0. */
	open(): number {
		return this.#flows.lend();
	}

	/**
	 * Adds a datagram from the client. While the result is `incomplete` more are wanted; else the handle is void.
	 * The places in `into` are valid until the next {@link open}.
	 */
	add(handle: number, bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
		const flow = this.#flows.get(handle);
		into.clear();
		const result = flow === undefined ? "none" : flow.add(bytes, begin, Math.min(end, bytes.length), into);
		if (result !== "incomplete") this.#flows.giveBack(handle);
		return result;
	}

	/** Ends a flow that nobody will add to any more. */
	close(handle: number): void {
		this.#flows.giveBack(handle);
	}
}

export const MAXIMUM_PACKETS = 16;

class QuicFlow {
	readonly #crypto = new StreamBuffer(MAXIMUM_HELLO);
	#keys: InitialKeys | undefined;
	/** The connection id that the keys were made of. */
	#id: Uint8Array = NO_ID;
	#packets = 0;

	clear(): void {
		this.#crypto.clear();
		this.#keys = undefined;
		this.#packets = 0;
	}

	add(bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
		let result: HelloResult = this.#packets < MAXIMUM_PACKETS ? "incomplete" : "none";
		for (let at = begin; at < end && result === "incomplete"; at = header.end) {
			const kind = readLongHeader(bytes, at, end, header);
			if (kind === "none") break;
			if (kind === "initial") result = this.#addPacket(bytes, into);
		}
		return result;
	}

	#addPacket(bytes: Uint8Array, into: ClientHello): HelloResult {
		if (++this.#packets > MAXIMUM_PACKETS) return "none";
		const frames = this.#open(bytes, header);
		// A packet that does not open may be the server's; the next one decides.
		if (frames === undefined) return "incomplete";
		if (!collectCrypto(frames, this.#crypto)) return "none";
		return parseHelloMessage(this.#crypto.bytes, 0, this.#crypto.contiguous, into);
	}

	/** The keys stay those of the first packet, though the client changes the id it writes to; after a Retry they are made anew. */
	#open(bytes: Uint8Array, header: LongHeader): Uint8Array | undefined {
		const known = this.#keys && openInitial(bytes, header, this.#keys);
		if (known !== undefined) return known;
		const { destinationId } = header;
		const id = bytes.subarray(destinationId.begin, destinationId.end);
		// The same id gives the same keys, and making them is what costs.
		if (this.#keys !== undefined && Buffer.compare(id, this.#id) === 0) return undefined;
		const keys = clientInitialKeys(quicVersion(header.version)!, id);
		const frames = openInitial(bytes, header, keys);
		if (frames !== undefined) {
			this.#keys = keys;
			this.#id = Uint8Array.from(id);
		}
		return frames;
	}
}

const header = createLongHeader();
const NO_ID = new Uint8Array(0);
