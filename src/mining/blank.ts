/** JSON's white space (RFC 8259, section 2). Most bytes are above 0x20; one comparison rejects them. */
export function isBlank(byte: number): boolean {
	return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

/** Index of the first byte from `begin` on that is not blank, or `end`. */
export function skipBlank(bytes: Uint8Array, begin: number, end: number): number {
	let i = begin;
	while (i < end && isBlank(bytes[i]!)) i++;
	return i;
}
