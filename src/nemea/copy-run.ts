/** Bytes after the copied ones that {@link copyRun} may read and write. */
export const COPY_SLACK = 32;

/**
 * Copies `length` bytes in whole words, at least 32 bytes: bytes after the run are copied as well, so both sides need
 * {@link COPY_SLACK} bytes there. Most runs are short; a loop with an unpredictable end costs more than three superfluous
 * words. (`TypedArray.set` needs a view per run, which is slower below about 200 bytes.) The 64-bit integers are never
 * allocated: the compiler keeps them in registers.
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
