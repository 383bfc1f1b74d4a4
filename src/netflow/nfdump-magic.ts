/** nfdump's files begin with this number, in the byte order of the machine: little-endian ones are read. */
const MAGIC = 0xa50c;

/** The version of the layout of nfdump's file that begins with these bytes: 1 (nfdump 1.6) or 2 (1.7); 0 for other files. */
export function nfdumpVersion(head: Uint8Array): number {
	if (head.length < 4 || (head[0]! | (head[1]! << 8)) !== MAGIC) return 0;
	const version = head[2]! | (head[3]! << 8);
	return version === 1 || version === 2 ? version : 0;
}
