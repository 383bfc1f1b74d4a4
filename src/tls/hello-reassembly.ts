import { type ClientHello, MAXIMUM_HELLO } from "./client-hello.ts";
import { type HelloResult, parseClientHello } from "./parse-client-hello.ts";
import { Slots } from "./slots.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/**
 * ClientHellos that span several TCP segments, as they do since key shares are post-quantum. Segments may come in any
 * order and twice. At most `slots` hellos are under way at once, each of at most 16 KiB; the oldest gives way.
 */
export class HelloReassembly {
	readonly #streams: Slots<HelloStream>;

	constructor(slots = 1024) {
		this.#streams = new Slots(slots, () => new HelloStream());
	}

	/** Hellos given up because too many were under way. */
	get evicted(): number {
		return this.#streams.evicted;
	}

	/** Begins a stream whose first byte has this TCP sequence number (that of the SYN, and one). Gives a handle, above 0. */
	open(firstSequence: number): number {
		const handle = this.#streams.lend();
		this.#streams.get(handle)!.firstSequence = firstSequence;
		return handle;
	}

	/**
	 * Adds a segment's payload. While the result is `incomplete` more segments are wanted; else the handle is void.
	 * The places in `into` are valid until the next {@link open}.
	 */
	add(handle: number, sequence: number, bytes: Uint8Array, begin: number, end: number, into: ClientHello): HelloResult {
		const result = this.#add(handle, sequence, bytes, begin, end, into);
		if (result !== "incomplete") this.#streams.giveBack(handle);
		return result;
	}

	/** Ends a stream that nobody will add to any more. */
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
		// A keep-alive or an old copy from before the stream's first byte adds nothing; what lies beyond the bound neither.
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

/** So many bytes tell for certain that a stream does not begin with a hello. */
const TELLING = 6;

class HelloStream extends StreamBuffer {
	firstSequence = 0;

	constructor() {
		super(MAXIMUM_HELLO);
	}
}
