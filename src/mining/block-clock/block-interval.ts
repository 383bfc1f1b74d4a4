/**
 * Mean seconds between the blocks of coins that are mined, by the coin's name in `coins.ts`. Source: the difficulty
 * target in each coin's own documentation or node (Monero `DIFFICULTY_TARGET_V2`, Bitcoin `nPowTargetSpacing` and its
 * relatives, Ethereum Classic's mean block time).
 */
const SECONDS: Readonly<Record<string, number>> = {
	Monero: 120,
	Bitcoin: 600,
	"Bitcoin Cash": 600,
	Litecoin: 150,
	Dogecoin: 60,
	"Ethereum Classic": 13,
	Ravencoin: 60,
	Zcash: 75,
	Ergo: 120,
	Grin: 60,
	Beam: 60,
	Dash: 150,
};

export const COINS_WITH_INTERVAL: readonly string[] = Object.keys(SECONDS);

/** A coin of which nothing is known, named by a feed for example: the window of the test is not narrowed. */
const DEFAULT_SECONDS = 120;

/** Mean microseconds between the blocks of a coin. */
export function blockInterval(coin: string): number {
	return (SECONDS[coin] ?? DEFAULT_SECONDS) * 1e6;
}
