import type { MiningProtocol } from "../mining/index.ts";
import type { PoolEndpoint } from "./pool-endpoint.ts";

/** The date of the table below; pools move, so verify before use. */
export const BUILT_IN_DATE = "2026-11-22";

/** An endpoint of the built-in list, with the source and date of the fact. */
export interface BuiltInPool extends PoolEndpoint {
	readonly source: string;
	/** Day, as `2026-11-22`. */
	readonly readOn: string;
}

interface Section {
	readonly source: string;
	readonly readOn: string;
	/** Host, ports without TLS, ports with TLS, protocol, coin, pool; `-` if there is none or it is unknown. */
	readonly table: string;
}

/**
 * Servers of well-known pools: facts, compiled by hand. Web hosts of pools (www, api, blog …) are not servers for
 * miners.
 */
const SECTIONS: readonly Section[] = [
	{
		source: "the pools' own instructions for miners",
		readOn: "2026-11-22",
		table: `
pool.supportxmr.com 3333,5555,7777 443,9000 monero-stratum Monero SupportXMR
pool.hashvault.pro 3333,5555,7777,80 443 monero-stratum Monero HashVault
gulf.moneroocean.stream 10001,10128,80 20128,443 monero-stratum Monero MoneroOcean
xmr-eu1.nanopool.org 10300 10343 monero-stratum Monero Nanopool
xmr-us-east1.nanopool.org 10300 10343 monero-stratum Monero Nanopool
xmr-asia1.nanopool.org 10300 10343 monero-stratum Monero Nanopool
xmr.2miners.com 2222 12222 monero-stratum Monero 2Miners
mine.c3pool.com 13333,17777,80 33333 monero-stratum Monero C3Pool
xmrpool.eu 3333,5555,7777 9999 monero-stratum Monero XMRPool.eu
monerohash.com 2222,3333 9999 monero-stratum Monero MoneroHash
rx.unmineable.com 3333,13333,80 443,4444 monero-stratum - unMineable
randomxmonero.auto.nicehash.com 9200 443 monero-stratum - NiceHash
etc.2miners.com 1010 11010 eth-proxy Ethereum_Classic 2Miners
etc-eu1.nanopool.org 10700 10743 eth-proxy Ethereum_Classic Nanopool
ethw.2miners.com 2020 12020 eth-proxy EthereumPoW 2Miners
etchash.unmineable.com 3333,13333 443,4444 eth-proxy - unMineable
rvn.2miners.com 6060 16060 stratum Ravencoin 2Miners
rvn-eu1.nanopool.org 10400 10443 stratum Ravencoin Nanopool
erg.2miners.com 8888 18888 stratum Ergo 2Miners
kas.2miners.com 2020 12020 stratum Kaspa 2Miners
zec.2miners.com 1010 11010 zcash-stratum Zcash 2Miners
btc.f2pool.com 1314,3333,25 - stratum Bitcoin F2Pool
ltc.f2pool.com 3335,8888 - stratum Litecoin F2Pool
ss.antpool.com 3333,443,25 - stratum Bitcoin AntPool
stratum.braiins.com 3333 - stratum Bitcoin Braiins_Pool
btc.viabtc.io 3333,443 - stratum Bitcoin ViaBTC
ltc.viabtc.io 3333 - stratum Litecoin ViaBTC
solo.ckpool.org 3333 - stratum Bitcoin CKPool
stratum.kano.is 3333,81,80,443,8080 - stratum Bitcoin KanoPool
mine.ocean.xyz 3334 - stratum Bitcoin OCEAN
sha256.auto.nicehash.com 9200 443 stratum - NiceHash
kawpow.auto.nicehash.com 9200 443 stratum - NiceHash
stratum.ravenminer.com 3838 13838 stratum Ravencoin Ravenminer
flockpool.com 4444 5555 stratum Raptoreum Flockpool
`,
	},
	{
		source: "help pages of the pools, as mining-pool-domain-intel (AdamYoung71) confirmed them",
		readOn: "2026-04-21",
		table: `
asia-erg.2miners.com 8888 18888 stratum Ergo 2Miners
asia-ethw.2miners.com 2020 12020 eth-proxy EthereumPoW 2Miners
bch.2miners.com 7070,7171,7272,7373 - stratum Bitcoin_Cash 2Miners
ckb.2miners.com 6464,6565 - - Nervos 2Miners
nexa.2miners.com 5050,5151 - - Nexa 2Miners
solo-bch.2miners.com 9090,9191,9292,9393 - stratum Bitcoin_Cash 2Miners
solo-btc.2miners.com 2323,2424,2525,2626 - stratum Bitcoin 2Miners
solo-ckb.2miners.com 6767,6868 - - Nervos 2Miners
solo-erg.2miners.com 9898,9999 - stratum Ergo 2Miners
solo-etc.2miners.com 5050,5151 - eth-proxy Ethereum_Classic 2Miners
solo-ethw.2miners.com 6060,6161 - eth-proxy EthereumPoW 2Miners
solo-kas.2miners.com 3030,3333,3434,3535 - stratum Kaspa 2Miners
solo-nexa.2miners.com 7070,7171 - - Nexa 2Miners
solo-rvn.2miners.com 7070,7171 - stratum Ravencoin 2Miners
solo-zec.2miners.com 1010,1111 - zcash-stratum Zcash 2Miners
us-erg.2miners.com 8888 18888 stratum Ergo 2Miners
us-ethw.2miners.com 2020 12020 eth-proxy EthereumPoW 2Miners
stratum-etc.antpool.com 25,443,8008 - eth-proxy Ethereum_Classic AntPool
doge.asia.apool.io 3334 - stratum Dogecoin Apool
bch-hk.dogpool.work 1811 1812 stratum Bitcoin_Cash DogPool
bch-ru.dogpool.work 1811 1812 stratum Bitcoin_Cash DogPool
bch-us.dogpool.work 1811 1812 stratum Bitcoin_Cash DogPool
btc-hk.dogpool.work 1801 1802 stratum Bitcoin DogPool
btc-ru.dogpool.work 1801 1802 stratum Bitcoin DogPool
btc-us.dogpool.work 1801 1802 stratum Bitcoin DogPool
ltc-hk.dogpool.work 1821 1822 stratum Litecoin DogPool
ltc-ru.dogpool.work 1821 1822 stratum Litecoin DogPool
ltc-us.dogpool.work 1821 1822 stratum Litecoin DogPool
aleo.f2pool.com 4400,4430 4420 - Aleo F2Pool
alph-asia.f2pool.com 5600,5630 - - Alephium F2Pool
b4c.f2pool.com 1228 - stratum Bitcoin_Cash F2Pool
btc-africa.f2pool.com 1314 - stratum Bitcoin F2Pool
btc-asia.f2pool.com 1314 - stratum Bitcoin F2Pool
btc-euro.f2pool.com 1314 - stratum Bitcoin F2Pool
btc-kz.f2pool.com 3333 - stratum Bitcoin F2Pool
btc-latin.f2pool.com 1314 - stratum Bitcoin F2Pool
btc-na.f2pool.com 1314 - stratum Bitcoin F2Pool
btcssl.f2pool.com - 1300 stratum Bitcoin F2Pool
cfx.f2pool.com 6800 - - Conflux F2Pool
cfxssl.f2pool.com - 6820 - Conflux F2Pool
ckb.f2pool.com 4300 - - Nervos F2Pool
dash.f2pool.com 5588 - stratum Dash F2Pool
etc-asia.f2pool.com 8008 - eth-proxy Ethereum_Classic F2Pool
etc-euro.f2pool.com 8008 - eth-proxy Ethereum_Classic F2Pool
etc-na.f2pool.com 8008 - eth-proxy Ethereum_Classic F2Pool
etc.f2pool.com 8008 - eth-proxy Ethereum_Classic F2Pool
etcssl.f2pool.com - 8180 eth-proxy Ethereum_Classic F2Pool
ethw.f2pool.com 6688 - eth-proxy EthereumPoW F2Pool
ethwssl.f2pool.com - 6698 eth-proxy EthereumPoW F2Pool
kas.f2pool.com 1430 - stratum Kaspa F2Pool
kasssl.f2pool.com - 1430 stratum Kaspa F2Pool
ltc-asia.f2pool.com 3335 - stratum Litecoin F2Pool
ltc-euro.f2pool.com 3335 - stratum Litecoin F2Pool
ltc-na.f2pool.com 3335 - stratum Litecoin F2Pool
ltcssl.f2pool.com - 5201 stratum Litecoin F2Pool
nexa.f2pool.com 3400 - - Nexa F2Pool
sc.f2pool.com 7788 - - - F2Pool
zec.f2pool.com 3357 - zcash-stratum Zcash F2Pool
alph.us1.humpool.com 12581 - - Alephium HumPool
kas.asia1.humpool.com 18081,18083 - stratum Kaspa HumPool
kas.eu1.humpool.com 18081,18083 18082 stratum Kaspa HumPool
kas.us1.humpool.com 18081,18083 18082 stratum Kaspa HumPool
cn.ethw.k1pool.com 7686,7689,7691 - eth-proxy EthereumPoW K1Pool
eu.ethw.k1pool.com 7686,7689,7691 - eth-proxy EthereumPoW K1Pool
us.ethw.k1pool.com 7686,7689,7691 - eth-proxy EthereumPoW K1Pool
btc.global.luxor.tech 700 - stratum Bitcoin Luxor
ltc.global.luxor.tech 700 - - - Luxor
sc.global.luxor.tech 700 - - - Luxor
zec.global.luxor.tech 700 - zcash-stratum Zcash Luxor
aleo.ntminer.vip 6607,6608 6606 - Aleo NTMiner
alph.ntminer.vip 10608,10609 10699 - Alephium NTMiner
btc.ntminer.vip 11221 11222 stratum Bitcoin NTMiner
cfx.ntminer.vip - 25050 - Conflux NTMiner
etc.ntminer.vip 27777 25555,28888 eth-proxy Ethereum_Classic NTMiner
ethw.ntminer.vip 28081 27070,27071 eth-proxy EthereumPoW NTMiner
kas.ntminer.vip 7777,7878,7888 7101,7102,7103,7688 stratum Kaspa NTMiner
nexa.ntminer.vip - 14699 - Nexa NTMiner
rvn.ntminer.vip - 21010 stratum Ravencoin NTMiner
bch-ssl.powhashing.com - 5555 stratum Bitcoin_Cash ViaBTC
btc-ssl.powhashing.com - 3333 stratum Bitcoin ViaBTC
btc.powhashing.com 3333 - stratum Bitcoin ViaBTC
dash.powhashing.com 3004 - stratum Dash ViaBTC
kas-ssl.powhashing.com - 3015 stratum Kaspa ViaBTC
kas.powhashing.com 315 - stratum Kaspa ViaBTC
ltc-ssl.powhashing.com - 4444 stratum Litecoin ViaBTC
ltc.powhashing.com 3333 - stratum Litecoin ViaBTC
zec.powhashing.com 3002 - zcash-stratum Zcash ViaBTC
asia.ravenminer.com 3838 - stratum Ravencoin Ravenminer
eu.ravenminer.com 3838 - stratum Ravencoin Ravenminer
us.ravenminer.com 3838 - stratum Ravencoin Ravenminer
kz.btc.rupool.pro 25,443,3333,8888 - stratum Bitcoin RuPool
ltc.rupool.pro 25,443,3333,8888 - stratum Litecoin RuPool
msk.ru.btc.rupool.pro 25,443,3333,8888 - stratum Bitcoin RuPool
nsk.ru.btc.rupool.pro 25,443,3333,8888 - stratum Bitcoin RuPool
bch-eu.solo-pool.org 3333 - stratum Bitcoin_Cash solo-pool.org
btc-eu.solo-pool.org 3334 - stratum Bitcoin solo-pool.org
bch.solopool.eu 3333,4333 - stratum Bitcoin_Cash SoloPool.eu
btc.solopool.eu 3337 - stratum Bitcoin SoloPool.eu
xec.solopool.eu 3339 - - - SoloPool.eu
rvn.suprnova.cc 8888 - stratum Ravencoin Suprnova
zec.suprnova.cc 3732,3733,3734 - zcash-stratum Zcash Suprnova
bch.viabtc.cc 3333 - stratum Bitcoin_Cash ViaBTC
btc.viabtc.cc 3333 - stratum Bitcoin ViaBTC
ltc.viabtc.cc 3333 - stratum Litecoin ViaBTC
bch-ssl.viabtc.io - 551 stratum Bitcoin_Cash ViaBTC
bch.viabtc.io 3333 - stratum Bitcoin_Cash ViaBTC
bitcoin.viabtc.io 443,3333 - stratum Bitcoin ViaBTC
btc-ssl.viabtc.io - 551 stratum Bitcoin ViaBTC
hash.viabtc.io 315 - stratum Kaspa ViaBTC
ltc-ssl.viabtc.io - 551 stratum Litecoin ViaBTC
mining.viabtc.io 301,308,310,314,315,3001,3002,3004,3008,3010,3014 - - - ViaBTC
bch.viabtc.top 3333 - stratum Bitcoin_Cash ViaBTC
btc.viabtc.top 3333 - stratum Bitcoin ViaBTC
hash-ssl.viabtc.top - 3002,3015 - - ViaBTC
ltc.viabtc.top 3333 - stratum Litecoin ViaBTC
mining.viabtc.top 3002,3004 - - - ViaBTC
aleo.asia1.whalepool.com 42343 - - Aleo WhalePool
aleo.eu1.whalepool.com 42343 - - Aleo WhalePool
aleo.us1.whalepool.com 42343 - - Aleo WhalePool
alph.asia1.whalepool.com 13510 - - Alephium WhalePool
alph.eu1.whalepool.com 13510 - - Alephium WhalePool
alph.us1.whalepool.com 13510 - - Alephium WhalePool
kas.asia1.whalepool.com 15120,15121 - stratum Kaspa WhalePool
kas.eu1.whalepool.com 15120,15121 - stratum Kaspa WhalePool
kas.us1.whalepool.com 15120,15121 - stratum Kaspa WhalePool
ltc.asia1.whalepool.com 40573 - stratum Litecoin WhalePool
ltc.eu1.whalepool.com 40573 - stratum Litecoin WhalePool
ltc.us1.whalepool.com 40573 - stratum Litecoin WhalePool
`,
	},
];

/** The built-in list as endpoints. */
export function builtInPools(): BuiltInPool[] {
	return SECTIONS.flatMap(({ table, source, readOn }) =>
		table
			.trim()
			.split("\n")
			.flatMap((line) => endpointsOf(line).map((endpoint) => ({ ...endpoint, source, readOn }))),
	);
}

function endpointsOf(line: string): PoolEndpoint[] {
	const [host, plain, secure, protocol, coin, pool] = line.split(" ") as [
		string,
		string,
		string,
		string,
		string,
		string,
	];
	const facts = {
		...(protocol !== "-" && { protocol: protocol as MiningProtocol }),
		pool: pool.replaceAll("_", " "),
		...(coin !== "-" && { coin: coin.replaceAll("_", " ") }),
	};
	const ports = (text: string) => (text === "-" ? [] : text.split(",").map(Number));
	return [
		...ports(plain).map((port) => ({ host, port, tls: false, ...facts })),
		...ports(secure).map((port) => ({ host, port, tls: true, ...facts })),
	];
}
