/** Bytes that a vector is best aligned to. */
const ALIGNMENT = 16;

/** Addresses of arrays of so many bytes that lie in a kernel's memory one behind the other, and the bytes in all. */
export function layOut<Name extends string>(
	bytes: Readonly<Record<Name, number>>,
): { readonly at: Readonly<Record<Name, number>>; readonly size: number } {
	const at: Record<Name, number> = { ...bytes };
	let size = 0;
	for (const name of Object.keys(bytes) as Name[]) {
		at[name] = size;
		size += Math.ceil(bytes[name] / ALIGNMENT) * ALIGNMENT;
	}
	return { at, size };
}
