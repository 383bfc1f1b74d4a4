/** The block of 15 September 2022 (06:42:42 UTC) with which Ethereum ended its mining, µs since the epoch. */
const THE_MERGE = 1_663_224_162_000_000;

/**
 * The coin that a miner of Ethereum's protocols mines where it does not say: Ethereum while that was mined, since then
 * Ethereum Classic, the largest chain that is left of the family. Undefined for other protocols. `time` in µs.
 */
export function ethashCoin(protocol: string, time: number): string | undefined {
	if (protocol !== "eth-proxy" && protocol !== "ethereum-stratum") return undefined;
	return time < THE_MERGE ? "Ethereum" : "Ethereum Classic";
}
