import { type ClientHello, MAXIMUM_HELLO } from "./client-hello.ts";
import { type HelloResult, parseClientHello } from "./parse-client-hello.ts";
import { Slots } from "./slots.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/**
 * Reassembles ClientHellos that span several TCP segments, as they do with post-quantum key shares. Segments may arrive
 * in any order and twice. At most `slots` hellos are in progress, each of at most 16 KiB; a new one replaces the
 * oldest.
 */
export class HelloReassembly {
	readonly #streams: Slots<HelloStream>;

	constructor(slots = 1024) {
		this.#streams = new Slots(slots, () => new HelloStream());
	}

	/** Hellos discarded because too many were in progress. */
	get evicted(): number {
		return this.#streams.evicted;
	}

	/**
	 * Begins a stream whose first byte has this TCP sequence number (that of the SYN, plus one). Returns a handle, above
	 * 0.
	 */
	open(firstSequence: number): number {
		const handle = this.#streams.lend();
		this.#streams.get(handle)!.firstSequence = firstSequence;
		return handle;
	}

	/**
	 * Adds the payload of a segment. The result `incomplete` asks for more segments; after any other the handle is
	 * invalid. The spans in `into` are valid until the next {@link open}.
	 */
	add(handle: number, sequence: number, bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
		const result = this.#add(handle, sequence, bytes, begin, end, into);
		if (result !== "incomplete") this.#streams.giveBack(handle);
		return result;
	}

	/** Ends a stream to which nothing more will be added. */
	close(handle: number): void {
		this.#streams.giveBack(handle);
	}

	#add(
		handle: number,
		sequence: number,
		bytes: Uint8Array,
		begin: number,
		end: number,
		into: ClientHello,
	): HelloResult {
		const stream = this.#streams.get(handle);
		if (stream === undefined) return "none";
		// Sequence numbers are modulo 2^32 (RFC 9293, 3.4).
		const offset = (sequence - stream.firstSequence) | 0;
		const before = Math.max(0, -offset);
		// A keep-alive or an old copy from before the first byte adds nothing; neither do bytes beyond the bound.
		if (begin + before < end && offset + before < stream.bytes.length) {
			const room = stream.bytes.length - offset;
			if (!stream.write(offset + before, bytes, begin + before, Math.min(end, begin + room))) return "none";
		}
		if (stream.contiguous < TELLING) {
			into.clear();
			return "incomplete";
		}
		const result = parseClientHello(stream.bytes, 0, stream.contiguous, into);
		return result === "incomplete" && stream.contiguous === stream.bytes.length ? "none" : result;
	}
}

/** The number of bytes after which it is certain whether a stream begins with a hello. */
const TELLING = 6;

class HelloStream extends StreamBuffer {
	firstSequence = 0;

	constructor() {
		super(MAXIMUM_HELLO);
	}
}
