import { DeCryptoError } from "../bytes/error.ts";

/** A value of Redis' protocol (RESP2): text, a number, bytes, a list, or null; an `Error` is the server's refusal. */
export type RespValue = string | number | Uint8Array | null | Error | readonly RespValue[];

/** Bytes of replies that are not complete. A reply of a thousand entries is below that. */
const MOST_WAITING = 1 << 28;
const DEEPEST = 4;
const CR = 0x0d;

/** A command as an array of bulk strings ("RESP protocol description" of redis.io). */
export function respCommand(parts: readonly string[]): Buffer {
	const bulks = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
	return Buffer.from(`*${parts.length}\r\n${bulks.join("")}`);
}

/** Replies out of a stream of bytes that come in any pieces. */
export class RespReader {
	#waiting: Buffer = Buffer.alloc(0);
	#pieces: Buffer[] = [];
	#length = 0;
	#at = 0;
	/** Bytes below which the reply is not complete, as far as its parts tell. */
	#needed = 0;

	add(piece: Buffer): void {
		this.#pieces.push(piece);
		this.#length += piece.length;
		if (this.#length > MOST_WAITING) throw new DeCryptoError("redis", "a reply is too long");
	}

	/** The next reply; undefined where it is not complete. Throws (code `redis`) for bytes that are no reply. */
	next(): RespValue | undefined {
		if (this.#length < this.#needed) return undefined;
		this.#waiting = Buffer.concat([this.#waiting, ...this.#pieces]);
		this.#pieces = [];
		this.#at = 0;
		const value = this.#value(0);
		if (value === undefined) return undefined;
		this.#waiting = this.#waiting.subarray(this.#at);
		this.#length = this.#waiting.length;
		this.#needed = 0;
		return value;
	}

	#value(depth: number): RespValue | undefined {
		const line = this.#line();
		if (line === undefined) return undefined;
		const text = line.slice(1);
		switch (line[0]) {
			case "+":
				return text;
			case "-":
				return new DeCryptoError("redis", `the server refuses: ${text}`);
			case ":":
				return Number(text);
			case "$":
				return this.#bulk(lengthOf(text));
			case "*":
				if (depth < DEEPEST) return this.#list(lengthOf(text), depth);
		}
		throw new DeCryptoError("redis", "not Redis' protocol");
	}

	#line(): string | undefined {
		const end = this.#waiting.indexOf(CR, this.#at);
		if (end < 0 || end + 2 > this.#waiting.length) {
			if (this.#waiting.length - this.#at > 65_536) throw new DeCryptoError("redis", "not Redis' protocol");
			return undefined;
		}
		const line = this.#waiting.toString("latin1", this.#at, end);
		this.#at = end + 2;
		return line;
	}

	#bulk(length: number): Uint8Array | null | undefined {
		if (length < 0) return null;
		const end = this.#at + length;
		if (end + 2 > this.#waiting.length) {
			this.#needed = end + 2;
			return undefined;
		}
		const bytes = this.#waiting.subarray(this.#at, end);
		this.#at = end + 2;
		return bytes;
	}

	#list(length: number, depth: number): readonly RespValue[] | null | undefined {
		if (length < 0) return null;
		const values: RespValue[] = [];
		for (let k = 0; k < length; k++) {
			const value = this.#value(depth + 1);
			if (value === undefined) return undefined;
			values.push(value);
		}
		return values;
	}
}

function lengthOf(text: string): number {
	if (!/^-?\d{1,9}$/.test(text)) throw new DeCryptoError("redis", "not Redis' protocol");
	return Number(text);
}
