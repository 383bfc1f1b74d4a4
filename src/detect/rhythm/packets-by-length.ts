import { MAX_PACKETS, type Sample } from "./sample.ts";

const PACKET_BITS = 5;
const PACKET_MASK = (1 << PACKET_BITS) - 1;

/**
 * Some packets of a train, to be put in the order of their lengths once: whatever is then picked from them comes in order
 * and need not be sorted again. A packet is one integer, its length before its position.
 */
export class PacketsByLength {
	/** One place more than there are packets: {@link addIf} writes before it knows. */
	readonly #keys = new Int32Array(MAX_PACKETS + 1);
	count = 0;

	clear(): void {
		this.count = 0;
	}

	/** Adds packet k where `flag` is 1, not where it is 0, without a branch. */
	addIf(flag: number, k: number, length: number): void {
		this.#keys[this.count] = (length << PACKET_BITS) | k;
		this.count += flag;
	}

	/** Insertion sort, as that of {@link Sample}. */
	sort(): void {
		const keys = this.#keys;
		const { count } = this;
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

	/** Makes `sample` the lengths of all these packets, sorted. */
	lengthsTo(sample: Sample): void {
		const { count } = this;
		for (let i = 0; i < count; i++) sample.values[i] = this.#keys[i]! >> PACKET_BITS;
		sample.count = count;
	}

	/** Makes `sample` the lengths of those for which `flags[k]` is 1, sorted. */
	flaggedLengthsTo(flags: Uint8Array, sample: Sample): void {
		sample.clear();
		for (let i = 0; i < this.count; i++) {
			const key = this.#keys[i]!;
			sample.addIf(flags[key & PACKET_MASK]!, key >> PACKET_BITS);
		}
	}
}
