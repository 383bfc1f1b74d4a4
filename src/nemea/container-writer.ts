import { copyExactly } from "./copy-run.ts";
import { type Framing, HEADER_LENGTHS } from "./framing.ts";
import { LastView } from "./last-view.ts";

/** Fills containers with messages: a header of the framing, then each message behind its 16-bit big-endian length. */
export class ContainerWriter {
	/** Messages in the container being filled. */
	count = 0;
	/** Messages in all containers begun so far: the sequence number of the next one's first. */
	total = 0;
	readonly #framing: Framing;
	readonly #header: number;
	readonly #capacity: number;
	readonly #unbuffered: boolean;
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#used: number;
	readonly #source = new LastView();

	/**
	 * `lengthMax`: of a whole container; of a file's without its header, as the reference has it. `unbuffered` containers
	 * of one message each are numbered 0, 0, 1, 2 … by the reference, and so here: receivers count losses by it.
	 */
	constructor(framing: Framing, lengthMax: number, unbuffered = false) {
		this.#unbuffered = unbuffered;
		this.#framing = framing;
		this.#header = HEADER_LENGTHS[framing];
		this.#capacity = framing === "plain" ? lengthMax + this.#header : lengthMax;
		this.#bytes = new Uint8Array(this.#capacity);
		this.#view = new DataView(this.#bytes.buffer);
		this.#used = this.#header;
	}

	/** Whether a message of this many bytes fits in an empty container at all. */
	fits(length: number): boolean {
		return this.#header + 2 + length <= this.#capacity;
	}

	/** Adds `bytes[begin … end)` as a message; false (and nothing added) where the container has no room left for it. */
	add(bytes: Uint8Array, begin: number, end: number): boolean {
		const length = end - begin;
		const at = this.#used;
		if (at + 2 + length > this.#capacity || this.count === 0xffff) return false;
		this.#view.setUint16(at, length);
		copyExactly(this.#source.of(bytes), begin, this.#view, at + 2, length);
		this.#used = at + 2 + length;
		this.count++;
		return true;
	}

	/** The container, header filled in, valid until the next message is added. Begins the next one. */
	finish(): Uint8Array {
		const bytes = this.#bytes.subarray(0, this.#used);
		this.#view.setUint32(0, this.#used - this.#header);
		if (this.#framing === "sequenced") {
			this.#view.setBigUint64(4, BigInt(this.#unbuffered ? Math.max(0, this.total - 1) : this.total), true);
			this.#view.setUint16(12, this.count, true);
		}
		this.total += this.count;
		this.count = 0;
		this.#used = this.#header;
		return bytes;
	}
}
