import { DeCryptoError } from "./error.ts";

const damaged = () => new DeCryptoError("lzo", "damaged LZO data");
/** The state after a run of literals of any length: short matches have another meaning there. */
const AFTER_RUN = 4;

/**
 * Decompresses an LZO1X block (the stream format is described in the Linux kernel's `lzo.rst`) into the front of
 * `into`; returns the number of bytes. Throws (code `lzo`) if it is damaged or longer than `into`.
 */
export function decompressLzo(block: Uint8Array, into: Uint8Array): number {
	return new LzoBlock(block, into).decompress();
}

class LzoBlock {
	readonly #block: Uint8Array;
	readonly #into: Uint8Array;
	#at = 0;
	#to = 0;

	constructor(block: Uint8Array, into: Uint8Array) {
		this.#block = block;
		this.#into = into;
	}

	decompress(): number {
		/** Literals copied before the instruction, or {@link AFTER_RUN}. */
		let state = 0;
		if (this.#block[0]! > 17) {
			const literals = this.#byte() - 17;
			this.#literals(literals);
			state = Math.min(literals, AFTER_RUN);
		}
		for (;;) {
			const code = this.#byte();
			if (code < 16 && state === 0) {
				this.#literals(3 + (code === 0 ? this.#longLength(15) : code));
				state = AFTER_RUN;
				continue;
			}
			const next = this.#instruction(code, state);
			if (next < 0) return this.#to;
			this.#literals(next);
			state = next;
		}
	}

	/** Copies a match; returns the number of literals that follow, or -1 at the end. */
	#instruction(code: number, state: number): number {
		if (code < 16) {
			const distance = (code >> 2) + (this.#byte() << 2) + 1;
			if (state === AFTER_RUN) this.#match(distance + 2048, 3);
			else this.#match(distance, 2);
			return code & 3;
		}
		if (code >= 64) {
			this.#match(((code >> 2) & 7) + (this.#byte() << 3) + 1, (code >> 5) + 1);
			return code & 3;
		}
		const isNear = code >= 32;
		const mask = isNear ? 31 : 7;
		const length = (code & mask || this.#longLength(mask)) + 2;
		const word = this.#byte() | (this.#byte() << 8);
		const distance = isNear ? (word >> 2) + 1 : ((code & 8) << 11) + (word >> 2);
		if (!isNear && distance === 0) return -1;
		this.#match(isNear ? distance : distance + 16_384, length);
		return word & 3;
	}

	#longLength(base: number): number {
		let length = base;
		for (;;) {
			const byte = this.#byte();
			if (byte > 0) return length + byte;
			length += 255;
		}
	}

	#byte(): number {
		if (this.#at >= this.#block.length) throw damaged();
		return this.#block[this.#at++]!;
	}

	#literals(count: number): void {
		if (this.#at + count > this.#block.length || this.#to + count > this.#into.length) throw damaged();
		this.#into.set(this.#block.subarray(this.#at, this.#at + count), this.#to);
		this.#at += count;
		this.#to += count;
	}

	#match(distance: number, length: number): void {
		const into = this.#into;
		let to = this.#to;
		if (distance > to || to + length > into.length) throw damaged();
		// Byte by byte: a match may overlap its own output.
		for (const end = to + length; to < end; to++) into[to] = into[to - distance]!;
		this.#to = to;
	}
}
