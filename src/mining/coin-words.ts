/**
 * Words by which server names and pool lists name coins: tickers, names, and algorithms that only one coin uses.
 * Compiled by hand, November 2026.
 */
const TABLE = `
Aleo aleo
Alephium alph alephium
Bitcoin btc bitcoin
Bitcoin\u00a0Cash bch bitcoincash
Bitcoin\u00a0Gold btg bitcoingold
Clore clore
Conceal ccx conceal
Conflux cfx conflux octopus
Dash dash
Decred dcr decred
Dero dero
Dogecoin doge dogecoin
Dynex dnx dynex
Ergo erg ergo autolykos autolykos2
Ethereum eth ethereum ether ethash
Ethereum\u00a0Classic etc etchash ethereumclassic
EthereumPoW ethw ethereumpow
Firo firo firopow
Flux flux zelcash
Grin grin
Haven xhv haven
Horizen zen horizen
Iron\u00a0Fish iron ironfish fishhash
Karlsen kls karlsen karlsenhash
Kaspa kas kaspa kheavyhash
Litecoin ltc litecoin
Monero xmr monero randomx
Neoxa neox neoxa
Nervos ckb nervos
Nexa nexa nexapow
Pearl pearl
Pyrin pyi pyrin pyrinhash
Qubic qubic
Raptoreum rtm raptoreum ghostrider
Ravencoin rvn raven ravencoin kawpow
Salvium sal salvium
Scala xla scala
Tari xtm tari
Turtlecoin trtl turtlecoin
Verus vrsc verus verushash
Wownero wow wownero
Xelis xel xelis xelishash
Zcash zec zcash equihash
Zephyr zeph zephyr
`;

/** Coins by word. Ordinary English words (`dash`, `iron`) name a coin only if other evidence indicates mining. */
export const COIN_OF_WORD: ReadonlyMap<string, string> = new Map(
	TABLE.trim()
		.split("\n")
		.flatMap((line) => {
			const [coin, ...words] = line.split(" ") as [string, ...string[]];
			return words.map((word) => [word, coin.replace("\u00a0", " ")] as const);
		}),
);

/** Words that are rarely used except for coins: together with a mining word they indicate mining. */
export const CLEAR_COIN_WORDS: readonly string[] = (
	"btc bitcoin bch eth ether ethereum ethash etchash ethw xmr monero randomx rvn ravencoin kawpow ltc litecoin " +
	"doge dogecoin zec zcash equihash kas kaspa kheavyhash rtm raptoreum ghostrider xhv zeph alph alephium firopow " +
	"wownero verushash vrsc ckb nexapow autolykos2 xelis trtl turtlecoin ergo conflux"
).split(" ");
