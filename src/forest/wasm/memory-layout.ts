/** Bytes that a vector is best aligned to. */
const ALIGNMENT = 16;

/** Where arrays lie in a kernel's memory, one behind the other. */
export class MemoryLayout {
	/** Bytes in all. */
	size = 0;

	/** Claims room for so many bytes; gives the address. */
	claim(bytes: number): number {
		const address = this.size;
		this.size += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
		return address;
	}
}
