/** What {@link copyRun} may read and write behind the bytes that it copies. */
export const COPY_SLACK = 32;

/**
 * Copies `length` bytes in whole words, 32 bytes at least: what stands behind them is copied, too, and both sides must
 * have {@link COPY_SLACK} there. Most runs are that short, and a loop that ends somewhere else each time costs more than
 * three words too many. (`TypedArray.set` wants a view made for each run first, which is dearer below some two hundred
 * bytes.) The 64-bit integers never become objects: the compiler keeps them in registers.
 */
export function copyRun(source: DataView, from: number, target: DataView, to: number, length: number): void {
	copySixteen(source, from, target, to);
	copySixteen(source, from + 16, target, to + 16);
	for (let i = 32; i < length; i += 8) target.setBigUint64(to + i, source.getBigUint64(from + i, true), true);
}

/** Copies 16 bytes: an address. */
export function copySixteen(source: DataView, from: number, target: DataView, to: number): void {
	target.setBigUint64(to, source.getBigUint64(from, true), true);
	target.setBigUint64(to + 8, source.getBigUint64(from + 8, true), true);
}

/** Copies `length` bytes and touches no other. The last eight are copied as eight, though some of them twice. */
export function copyExactly(source: DataView, from: number, target: DataView, to: number, length: number): void {
	if (length < 8) {
		for (let i = 0; i < length; i++) target.setUint8(to + i, source.getUint8(from + i));
		return;
	}
	const last = length - 8;
	for (let i = 0; i < last; i += 8) target.setBigUint64(to + i, source.getBigUint64(from + i, true), true);
	target.setBigUint64(to + last, source.getBigUint64(from + last, true), true);
}
