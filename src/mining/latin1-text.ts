/** Longer texts are wallets, hashes and jobs, which hardly ever come twice. */
const LONGEST_KEPT = 24;
const SLOTS = 512;

/** The text last decoded for each hash. */
const kept: string[] = new Array(SLOTS).fill("");

/**
 * The bytes `[begin … end)` as Latin-1 text. Member names and words of protocols come again and again, and decoding is
 * what reading a message costs most: short texts are taken from those decoded before.
 */
export function latin1Text(bytes: Uint8Array, begin: number, end: number): string {
	if (end - begin > LONGEST_KEPT) return decoded(bytes, begin, end);
	let hash = end - begin;
	for (let at = begin; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
	const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
	const known = kept[slot]!;
	if (isAt(known, bytes, begin, end)) return known;
	const text = decoded(bytes, begin, end);
	kept[slot] = text;
	return text;
}

function isAt(text: string, bytes: Uint8Array, begin: number, end: number): boolean {
	if (text.length !== end - begin) return false;
	for (let k = 0; k < text.length; k++) if (text.charCodeAt(k) !== bytes[begin + k]) return false;
	return true;
}

function decoded(bytes: Uint8Array, begin: number, end: number): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin).toString("latin1");
}
