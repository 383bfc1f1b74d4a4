/**
 * The original's score of a server name: half a point for a coin (`btc` `eth` `xmr` `rvn` with a hyphen or a dot
 * directly before or after it), half for a word (`pool`, `mine`, `mining` anywhere in it), case-insensitive.
 *
 * The original decodes the name (UTF-8, invalid parts replaced) and converts it to lower case. Neither step turns other
 * characters into ASCII letters of these words (only the Kelvin sign and the dotted capital I become `k` and `i` with a
 * mark after it), so the bytes themselves yield the same result.
 */
export function scoreServerName(bytes: Uint8Array, begin: number, end: number): 0 | 0.5 | 1 {
	let coin = false;
	let word = false;
	for (let at = begin; at < end; at++) {
		switch (bytes[at]! | 0x20) {
			case 0x62: // b
			case 0x65: // e
			case 0x78: // x
			case 0x72: // r
				coin ||= isCoinAt(bytes, at, begin, end);
				break;
			case 0x70: // p
				word ||= isAt("pool", bytes, at, end);
				break;
			case 0x6d: // m
				word ||= isAt("mine", bytes, at, end) || isAt("mining", bytes, at, end);
				break;
		}
	}
	return coin && word ? 1 : coin || word ? 0.5 : 0;
}

const COINS = ["btc", "eth", "xmr", "rvn"];

function isCoinAt(bytes: Uint8Array, at: number, begin: number, end: number): boolean {
	const isMarked = (at > begin && isMark(bytes[at - 1]!)) || (at + 3 < end && isMark(bytes[at + 3]!));
	if (!isMarked) return false;
	for (let c = 0; c < COINS.length; c++) if (isAt(COINS[c]!, bytes, at, end)) return true;
	return false;
}

function isMark(byte: number): boolean {
	return byte === 0x2d || byte === 0x2e;
}

/** Whether `text` (lower-case letters) is at `at`, case-insensitive. */
function isAt(text: string, bytes: Uint8Array, at: number, end: number): boolean {
	if (at + text.length > end) return false;
	for (let k = 0; k < text.length; k++) {
		const byte = bytes[at + k]!;
		// Setting bit 5 turns a capital into a lower-case letter; it turns no other byte into a letter.
		if ((byte | 0x20) !== text.charCodeAt(k)) return false;
	}
	return true;
}
