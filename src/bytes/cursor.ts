/**
 * A bounds-checked reader over hostile bytes. Failure is a state, not an exception: a read out of bounds returns 0
 * and sets `failed` permanently, so that a parser reads on and checks once at the end (the idea of Cisco's mercury
 * `datum`). Each parser has one cursor and moves it with {@link reset}; it allocates nothing but the requested slices.
 */
export class ByteCursor {
	bytes: Uint8Array = EMPTY;
	/** Next byte to read, an index into `bytes`. */
	offset = 0;
	/** First index that is out of bounds. */
	end = 0;
	failed = false;

	constructor(bytes?: Uint8Array, begin = 0, end?: number) {
		if (bytes) this.reset(bytes, begin, end ?? bytes.length);
	}

	reset(bytes: Uint8Array, begin: number, end: number): this {
		this.bytes = bytes;
		this.offset = begin;
		this.end = Math.min(end, bytes.length);
		this.failed = begin < 0 || begin > this.end;
		return this;
	}

	/** Bytes left, 0 once failed. */
	get remaining(): number {
		return this.failed ? 0 : this.end - this.offset;
	}

	/** Claims `count` bytes and returns the index of the first, or -1 and fails. */
	take(count: number): number {
		if (this.failed || count < 0 || count > this.end - this.offset) {
			this.failed = true;
			return -1;
		}
		const at = this.offset;
		this.offset = at + count;
		return at;
	}

	skip(count: number): void {
		this.take(count);
	}

	u8(): number {
		const at = this.take(1);
		return at < 0 ? 0 : this.bytes[at]!;
	}

	/** Big-endian (network order) unless the name contains `le`. */
	u16(): number {
		const at = this.take(2);
		return at < 0 ? 0 : (this.bytes[at]! << 8) | this.bytes[at + 1]!;
	}

	u24(): number {
		const at = this.take(3);
		return at < 0 ? 0 : (this.bytes[at]! << 16) | (this.bytes[at + 1]! << 8) | this.bytes[at + 2]!;
	}

	u32(): number {
		const at = this.take(4);
		if (at < 0) return 0;
		const b = this.bytes;
		return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
	}

	u16le(): number {
		const at = this.take(2);
		return at < 0 ? 0 : this.bytes[at]! | (this.bytes[at + 1]! << 8);
	}

	u32le(): number {
		const at = this.take(4);
		if (at < 0) return 0;
		const b = this.bytes;
		return (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;
	}

	/** A view of the next `count` bytes (not a copy), empty once failed. */
	view(count: number): Uint8Array {
		const at = this.take(count);
		return at < 0 ? EMPTY : this.bytes.subarray(at, at + count);
	}

	/** Narrows the bounds to the next `count` bytes and returns the old end, the argument of {@link leave}. */
	enter(count: number): number {
		const outer = this.end;
		const at = this.take(count);
		if (at < 0) return outer;
		this.offset = at;
		this.end = at + count;
		return outer;
	}

	/** Moves past the part that {@link enter} narrowed to, read or not. */
	leave(outer: number): void {
		if (!this.failed) this.offset = this.end;
		this.end = outer;
	}
}

const EMPTY = new Uint8Array(0);
