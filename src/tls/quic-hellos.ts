import { type ClientHello, MAXIMUM_HELLO } from "./client-hello.ts";
import { type HelloResult, parseHelloMessage } from "./parse-client-hello.ts";
import { collectCrypto } from "./quic-frames.ts";
import { createLongHeader, type LongHeader, openInitial, readLongHeader } from "./quic-initial.ts";
import { clientInitialKeys, type InitialKeys, quicVersion } from "./quic-keys.ts";
import { Slots } from "./slots.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/**
 * ClientHellos from QUIC's Initial packets (versions 1 and 2, late drafts): several packets in a datagram, several
 * datagrams, CRYPTO frames in any order. Only the first {@link MAXIMUM_PACKETS} Initial packets of a flow are
 * decrypted, and at most `slots` flows are in progress; a new one replaces the oldest.
 */
export class QuicHellos {
	readonly #flows: Slots<QuicFlow>;

	constructor(slots = 512) {
		this.#flows = new Slots(slots, () => new QuicFlow());
	}

	/** Hellos discarded because too many were in progress. */
	get evicted(): number {
		return this.#flows.evicted;
	}

	/** Begins a flow. Returns a handle, above 0. */
	open(): number {
		return this.#flows.lend();
	}

	/**
	 * Adds a datagram from the client. The result `incomplete` asks for more; after any other the handle is invalid.
	 * The spans in `into` are valid until the next {@link open}.
	 */
	add(handle: number, bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
		const flow = this.#flows.get(handle);
		into.clear();
		const result = flow === undefined ? "none" : flow.add(bytes, begin, Math.min(end, bytes.length), into);
		if (result !== "incomplete") this.#flows.giveBack(handle);
		return result;
	}

	/** Ends a flow to which nothing more will be added. */
	close(handle: number): void {
		this.#flows.giveBack(handle);
	}
}

export const MAXIMUM_PACKETS = 16;

class QuicFlow {
	readonly #crypto = new StreamBuffer(MAXIMUM_HELLO);
	#keys: InitialKeys | undefined;
	/** The connection id from which the keys were derived. */
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
		// A packet that cannot be decrypted may be the server's; the next one decides.
		if (frames === undefined) return "incomplete";
		if (!collectCrypto(frames, this.#crypto)) return "none";
		return parseHelloMessage(this.#crypto.bytes, 0, this.#crypto.contiguous, into);
	}

	/** The keys are those of the first packet, even if the client writes to another id later; a Retry changes them. */
	#open(bytes: Uint8Array, header: LongHeader): Uint8Array | undefined {
		const known = this.#keys && openInitial(bytes, header, this.#keys);
		if (known !== undefined) return known;
		const { destinationId } = header;
		const id = bytes.subarray(destinationId.begin, destinationId.end);
		// The same id has the same keys, and deriving them is the expensive part.
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
