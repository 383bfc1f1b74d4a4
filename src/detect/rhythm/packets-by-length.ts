import { MAX_PACKETS, type Sample } from "./sample.ts";

const PACKET_BITS = 5;
const PACKET_MASK = (1 << PACKET_BITS) - 1;

/**
 * Some packets of a train, sorted by length once: any selection from them is in order and need not be sorted again. A
 * packet is one integer: its length in the high bits, its position in the low bits.
 */
export class PacketsByLength {
	/** Filled by {@link keyOf}, {@link count} of them; with one extra element, as in a sample. */
	readonly keys = new Int32Array(MAX_PACKETS + 1);
	count = 0;

	/** Insertion sort, as in {@link Sample}. */
	sort(): void {
		const { keys, count } = this;
		for (let i = 1; i < count; i++) {
			const key = keys[i]!;
			let j = i - 1;
			while (j >= 0 && keys[j]! > key) {
				keys[j + 1] = keys[j]!;
				j--;
			}
			keys[j + 1] = key;
		}
	}

	/** Fills `sample` with the lengths of all these packets, sorted. */
	lengthsTo(sample: Sample): void {
		const { keys, count } = this;
		const { values } = sample;
		for (let i = 0; i < count; i++) values[i] = keys[i]! >> PACKET_BITS;
		sample.count = count;
	}

	/** Fills `sample` with the lengths of the packets whose `flags[k]` is 1, sorted. */
	flaggedLengthsTo(flags: Uint8Array, sample: Sample): void {
		const { keys, count } = this;
		const { values } = sample;
		let flagged = 0;
		for (let i = 0; i < count; i++) {
			const key = keys[i]!;
			values[flagged] = key >> PACKET_BITS;
			flagged += flags[key & PACKET_MASK]!;
		}
		sample.count = flagged;
	}
}

/** The key of packet k with this length. */
export function keyOf(k: number, length: number): number {
	return (length << PACKET_BITS) | k;
}
