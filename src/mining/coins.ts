/**
 * Coins by the names of their algorithms in miners' messages. Only algorithms that one coin uses, or that
 * are mostly used for one coin. Compiled from the coins' and miners' documentation, November 2026.
 */
const COIN_OF_ALGORITHM: Readonly<Record<string, string>> = {
	"argon2/chukwa": "Turtlecoin",
	"argon2/chukwav2": "Turtlecoin",
	autolykos2: "Ergo",
	beamhash: "Beam",
	"cn-heavy/xhv": "Haven",
	"cn-pico": "Turtlecoin",
	"cn/ccx": "Conceal",
	"cn/r": "Monero",
	"cn/2": "Monero",
	"cn/1": "Monero",
	cuckaroo29: "Grin",
	cuckatoo32: "Grin",
	dynexsolve: "Dynex",
	equihash144_5: "Bitcoin Gold",
	equihash200_9: "Zcash",
	etchash: "Ethereum Classic",
	firopow: "Firo",
	fishhash: "Iron Fish",
	ghostrider: "Raptoreum",
	heavyhash: "Kaspa",
	karlsenhash: "Karlsen",
	kawpow: "Ravencoin",
	kheavyhash: "Kaspa",
	nexapow: "Nexa",
	octopus: "Conflux",
	panthera: "Scala",
	pyrinhash: "Pyrin",
	"rx/0": "Monero",
	"rx/arq": "ArQmA",
	"rx/graft": "Graft",
	"rx/keva": "Kevacoin",
	"rx/sfx": "Safex",
	"rx/wow": "Wownero",
	"rx/xeq": "Equilibria",
	"rx/xla": "Scala",
	"rx/yada": "Yadacoin",
	randomx: "Monero",
	verushash: "Verus",
	x16r: "Ravencoin",
	x16rv2: "Ravencoin",
	xelishash: "Xelis",
	xelishashv2: "Xelis",
	zhash: "Bitcoin Gold",
};

export function coinOfAlgorithm(algorithm: string | undefined): string | undefined {
	const name = algorithm?.toLowerCase() ?? "";
	return Object.hasOwn(COIN_OF_ALGORITHM, name) ? COIN_OF_ALGORITHM[name] : undefined;
}

/** Prefixes of the addresses of a coin, long enough that addresses of other coins do not match. */
const WALLETS: readonly { readonly coin: string; readonly first: string; readonly pattern: RegExp }[] = [
	{ coin: "Bitcoin", first: "b", pattern: /^bc1[qp][02-9ac-hj-np-z]{8,}/ },
	{ coin: "Litecoin", first: "l", pattern: /^ltc1[qp][02-9ac-hj-np-z]{8,}/ },
	{ coin: "Bitcoin Cash", first: "b", pattern: /^bitcoincash:[qp][02-9ac-hj-np-z]{8,}/ },
	{ coin: "Kaspa", first: "k", pattern: /^kaspa:[qp][02-9ac-hj-np-z]{8,}/ },
	{ coin: "Karlsen", first: "k", pattern: /^karlsen:[qp][02-9ac-hj-np-z]{8,}/ },
	{ coin: "Nexa", first: "n", pattern: /^nexa:[a-z0-9]{8,}/ },
	{ coin: "Conflux", first: "cC", pattern: /^cfx:[a-z0-9]{8,}/i },
	{ coin: "Dero", first: "d", pattern: /^dero1[02-9ac-hj-np-z]{8,}/ },
	{ coin: "Zephyr", first: "Z", pattern: /^ZEPH[1-9A-HJ-NP-Za-km-z]{12,}/ },
	{ coin: "Salvium", first: "S", pattern: /^SaLv[1-9A-HJ-NP-Za-km-z]{12,}/ },
	{ coin: "Turtlecoin", first: "T", pattern: /^TRTL[1-9A-HJ-NP-Za-km-z]{12,}/ },
	{ coin: "Conceal", first: "c", pattern: /^ccx7[1-9A-HJ-NP-Za-km-z]{12,}/ },
	{ coin: "Wownero", first: "W", pattern: /^W[Wo][1-9A-HJ-NP-Za-km-z]{28,}/ },
	{ coin: "Haven", first: "h", pattern: /^hv[xsit][1-9A-HJ-NP-Za-km-z]{28,}/ },
	{ coin: "Monero", first: "48", pattern: /^[48][0-9AB][1-9A-HJ-NP-Za-km-z]{26,}/ },
	// Integrated addresses: network byte 19, 106 characters. Shorter addresses of other coins may have the same prefix.
	{ coin: "Monero", first: "4", pattern: /^4[B-M][1-9A-HJ-NP-Za-km-z]{104}(?![1-9A-HJ-NP-Za-km-z])/ },
	{ coin: "Alephium", first: "1", pattern: /^1[1-9A-HJ-NP-Za-km-z]{43,44}(?![1-9A-HJ-NP-Za-km-z])/ },
	{ coin: "Nervos", first: "c", pattern: /^ckb1[02-9ac-hj-np-z]{8,}/ },
	{ coin: "Xelis", first: "x", pattern: /^xel:[02-9ac-hj-np-z]{8,}/ },
	{ coin: "Aleo", first: "a", pattern: /^aleo1[02-9ac-hj-np-z]{8,}/ },
	{ coin: "Kadena", first: "k", pattern: /^k:[0-9a-f]{32,}/ },
	{ coin: "Nimiq", first: "N", pattern: /^NQ\d\d ?[0-9A-HJ-NP-Y]{4}/ },
	{ coin: "Ravencoin", first: "R", pattern: /^R[1-9A-HJ-NP-Za-km-z]{33}(?![1-9A-HJ-NP-Za-km-z])/ },
	{ coin: "Zcash", first: "t", pattern: /^t1[1-9A-HJ-NP-Za-km-z]{33}(?![1-9A-HJ-NP-Za-km-z])/ },
	{ coin: "Dogecoin", first: "D", pattern: /^D[5-9A-HJ-NP-U][1-9A-HJ-NP-Za-km-z]{32}(?![1-9A-HJ-NP-Za-km-z])/ },
	{ coin: "Ergo", first: "9", pattern: /^9[ef-i][1-9A-HJ-NP-Za-km-z]{49}(?![1-9A-HJ-NP-Za-km-z])/ },
	{ coin: "Bitcoin", first: "13", pattern: /^[13][1-9A-HJ-NP-Za-km-z]{25,33}(?![1-9A-HJ-NP-Za-km-z])/ },
];

/** The coin of a wallet, derived from the prefix of its address; undefined if several coins share the prefix. */
export function coinOfWallet(wallet: string | undefined): string | undefined {
	const first = wallet?.[0];
	if (wallet === undefined || first === undefined) return undefined;
	return WALLETS.find((known) => known.first.includes(first) && known.pattern.test(wallet))?.coin;
}

/** Whether a login begins with a probable address: a known prefix, or a long string of address characters. */
export function isWalletLike(login: string | undefined): boolean {
	if (login === undefined) return false;
	return coinOfWallet(login) !== undefined || /^(0x[0-9a-fA-F]{20,}|[1-9A-HJ-NP-Za-km-z]{34,})/.test(login);
}
