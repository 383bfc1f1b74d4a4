import { DeCryptoError } from "./error.ts";

const MINIMUM_MATCH = 4;
const damaged = () => new DeCryptoError("lz4", "damaged LZ4 data");

/**
 * Decompresses an LZ4 block ("LZ4 Block Format Description", lz4.org) into the front of `into`; returns the number of
 * bytes. Throws (code `lz4`) if it is damaged or longer than `into`.
 */
export function decompressLz4(block: Uint8Array, into: Uint8Array): number {
	let at = 0;
	let to = 0;
	const moreLength = (length: number): number => {
		for (let byte = 255; byte === 255; ) {
			if (at >= block.length) throw damaged();
			byte = block[at++]!;
			length += byte;
		}
		return length;
	};
	while (at < block.length) {
		const token = block[at++]!;
		const literals = token >> 4 === 15 ? moreLength(15) : token >> 4;
		if (at + literals > block.length || to + literals > into.length) throw damaged();
		into.set(block.subarray(at, at + literals), to);
		at += literals;
		to += literals;
		// The last sequence has literals only.
		if (at === block.length) return to;
		if (at + 2 > block.length) throw damaged();
		const distance = block[at]! | (block[at + 1]! << 8);
		at += 2;
		const length = ((token & 15) === 15 ? moreLength(15) : token & 15) + MINIMUM_MATCH;
		if (distance === 0 || distance > to || to + length > into.length) throw damaged();
		// Byte by byte: a match may overlap its own output.
		for (const end = to + length; to < end; to++) into[to] = into[to - distance]!;
	}
	return to;
}
