import type { MiningProtocol } from "../mining/index.ts";
import type { PoolEndpoint } from "./pool-endpoint.ts";

/** When the table below was put together; pools move, so verify before use. */
export const BUILT_IN_DATE = "2026-11-22";

/**
 * Servers of well-known pools: host, ports without TLS, ports with TLS, protocol, coin or `-`, pool. Facts from the pools'
 * own instructions for miners, compiled by hand.
 */
const TABLE = `
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
`;

/** The built-in list as endpoints. */
export function builtInPools(): PoolEndpoint[] {
	return TABLE.trim()
		.split("\n")
		.flatMap((line) => {
			const [host, plain, secure, protocol, coin, pool] = line.split(" ") as [
				string,
				string,
				string,
				MiningProtocol,
				string,
				string,
			];
			const facts = {
				protocol,
				pool: pool.replaceAll("_", " "),
				...(coin !== "-" && { coin: coin.replaceAll("_", " ") }),
			};
			const ports = (text: string) => (text === "-" ? [] : text.split(",").map(Number));
			return [
				...ports(plain).map((port) => ({ host, port, tls: false, ...facts })),
				...ports(secure).map((port) => ({ host, port, tls: true, ...facts })),
			];
		});
}
