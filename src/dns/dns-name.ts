/** Bytes of a name on the wire (RFC 1035, 2.3.4), and of its text if every byte is escaped. */
const LONGEST_ON_WIRE = 255;
const LONGEST_TEXT = 4 * LONGEST_ON_WIRE;
/** Most pointers followed in one name. Each must lead backwards, so that there is no loop anyway. */
const MOST_POINTERS = 16;

const DOT = 0x2e;
const BACKSLASH = 0x5c;

/**
 * A domain name as text: ASCII in lower case without the last dot; dots in labels and other bytes are `\.` and `\DDD`
 * (RFC 1035, 5.1).
 */
export class DnsName {
	readonly bytes = new Uint8Array(LONGEST_TEXT);
	length = 0;

	/**
	 * Reads the name at `at` of the message `bytes[message … end)`; returns the index after it, or -1 if it is malformed.
	 */
	read(bytes: Uint8Array, message: number, at: number, end: number): number {
		this.length = 0;
		let position = at;
		let nameEnd = -1;
		let onWire = 1;
		let lowest = at;
		for (let pointers = 0; position < end; ) {
			const length = bytes[position]!;
			if (length === 0) return nameEnd < 0 ? position + 1 : nameEnd;
			if (length >= 0xc0) {
				if (position + 2 > end || ++pointers > MOST_POINTERS) return -1;
				if (nameEnd < 0) nameEnd = position + 2;
				position = message + (((length & 0x3f) << 8) | bytes[position + 1]!);
				if (position >= lowest) return -1;
				lowest = position;
				continue;
			}
			onWire += 1 + length;
			if (length > 63 || onWire > LONGEST_ON_WIRE || position + 1 + length > end) return -1;
			this.#appendLabel(bytes, position + 1, position + 1 + length);
			position += 1 + length;
		}
		return -1;
	}

	toString(): string {
		return String.fromCharCode(...this.bytes.subarray(0, this.length));
	}

	#appendLabel(bytes: Uint8Array, begin: number, end: number): void {
		if (this.length > 0) this.bytes[this.length++] = DOT;
		for (let i = begin; i < end; i++) this.#append(bytes[i]!);
	}

	#append(byte: number): void {
		const isUpper = byte >= 0x41 && byte <= 0x5a;
		if (byte === DOT || byte === BACKSLASH) {
			this.bytes[this.length++] = BACKSLASH;
			this.bytes[this.length++] = byte;
		} else if (byte > 0x20 && byte < 0x7f) this.bytes[this.length++] = isUpper ? byte | 0x20 : byte;
		else {
			this.bytes[this.length++] = BACKSLASH;
			this.bytes[this.length++] = 0x30 + Math.floor(byte / 100);
			this.bytes[this.length++] = 0x30 + (Math.floor(byte / 10) % 10);
			this.bytes[this.length++] = 0x30 + (byte % 10);
		}
	}
}
