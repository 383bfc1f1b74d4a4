/**
 * Wallet addresses with the correct length, alphabet and prefix that belong to nobody: they contain VOID, and their
 * checksums are almost certainly wrong. A pool would reject them.
 */
export const voidWallets = {
	/** Base58, 34 characters. */
	bitcoin: pattern("1", "VoidBitcoinLabExampLe", 34),
	/** Base58, 95 characters. */
	monero: pattern("4", "VoidMoneroLabExampLe", 95),
	/** 40 hexadecimal digits. */
	ethereum: `0x${pattern("", "deadbeef0000", 40)}`,
	/** Base58, 34 characters. */
	ravencoin: pattern("R", "VoidRavenLabExampLe", 34),
	/** `kaspa:` and 61 characters of bech32's alphabet. */
	kaspa: `kaspa:${pattern("q", "v0yd7kaspa7lax", 61)}`,
	/** Base58, 35 characters, transparent. */
	zcash: pattern("t1", "VoidZcashLabExampLe", 35),
} as const;

function pattern(prefix: string, text: string, length: number): string {
	return (prefix + text.repeat(Math.ceil(length / text.length))).slice(0, length);
}
