/** Alignment of vectors in bytes. */
const ALIGNMENT = 16;

/** Addresses of consecutive arrays of the given sizes in a kernel's memory, and the total size in bytes. */
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
