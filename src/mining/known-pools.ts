/** A mining pool, hash-rate market or web-miner service by the registrable domain of its servers. */
export interface KnownPool {
	readonly name: string;
	/** Present if the pool has only one coin. */
	readonly coin?: string;
}

/**
 * Well-known pools, one per line: domain, coin or `-`, name. Compiled by hand, November 2026. The list keeps closed
 * pools because miners still contact them (Coinhive closed in 2019).
 */
const TABLE = `
2miners.com - 2Miners
acc-pool.pw - acc-pool
acepool.top - AcePool
aikapool.com - AikaPool
antpool.com - AntPool
antpool.one - AntPool
apool.io - Apool
authedmine.com Monero Coinhive
baikalmine.com - Baikal Mine
beepool.com - BeePool
beepool.org - BeePool
bitdeer.com - Bitdeer
bitminter.com Bitcoin BitMinter
bohemianpool.com - BohemianPool
braiins.com Bitcoin Braiins Pool
btc.com - BTC.com
bw.com - BW Pool
c3pool.com Monero C3Pool
c3pool.org Monero C3Pool
ckpool.org Bitcoin CKPool
coin-hive.com Monero Coinhive
coinhive.com Monero Coinhive
coinimp.com - CoinIMP
coinotron.com - Coinotron
cruxpool.com - Cruxpool
crypto-loot.com Monero CryptoLoot
crypto-pool.fr Monero Crypto-Pool.fr
cryptoloot.pro Monero CryptoLoot
dwarfpool.com - DwarfPool
emcd.io - EMCD
ethermine.org Ethereum Ethermine
ethpool.org Ethereum Ethpool
ezil.me - Ezil
f2pool.com - F2Pool
fairpool.xyz - FairPool
fastpool.xyz - Fastpool
flexpool.io - Flexpool
flockpool.com Raptoreum Flockpool
flypool.org Zcash Flypool
foundrydigital.com Bitcoin Foundry USA
foundryusapool.com Bitcoin Foundry USA
gntl.co.uk - GNTL
gntl.uk - GNTL
hashcryptos.com - HashCryptos
hashvault.pro Monero HashVault
hellominer.com - HelloMiner
herominers.com - HeroMiners
hiveon.com - Hiveon
hiveon.net - Hiveon
humpool.com - HumPool
huobipool.com - Huobi Pool
icemining.ca - Icemining
jsecoin.com - JSEcoin
k1pool.com - K1Pool
kano.is Bitcoin KanoPool
kryptex.com - Kryptex
kryptex.network - Kryptex
litecoinpool.org Litecoin litecoinpool.org
luckpool.net Verus LuckPool
luckypool.io - LuckyPool
luxor.tech - Luxor
miner.rocks - Miner.Rocks
minergate.com - MinerGate
minero.cc Monero Minero
minexmr.cn Monero MineXMR
minexmr.com Monero MineXMR
minexmr.to Monero MineXMR
mining-dutch.nl - Mining-Dutch
miningocean.org - MiningOcean
miningpoolhub.com - Mining Pool Hub
miningrigrentals.com - Mining Rig Rentals
monerohash.com Monero MoneroHash
moneroocean.stream Monero MoneroOcean
moneropool.com Monero MoneroPool
moneropool.nl Monero MoneroPool.nl
multipool.us - Multipool
nanopool.org - Nanopool
nicehash.com - NiceHash
ocean.xyz Bitcoin OCEAN
okpool.me - OKPool
poolbinance.com - Binance Pool
poolin.com - Poolin
poolin.me - Poolin
poolin.one - Poolin
powblocks.org - PowBlocks
powerpool.money - PowerPool
prohash.net - ProHash
prohashing.com - Prohashing
public-pool.io Bitcoin Public Pool
ravenminer.com Ravencoin Ravenminer
rplant.xyz - rplant
sbicrypto.com - SBI Crypto
slushpool.com Bitcoin Slush Pool
solo-pool.org - solo-pool.org
solopool.org - SoloPool
sparkpool.com - SparkPool
spiderpool.com - SpiderPool
sunpool.top - SunPool
supportxmr.com Monero SupportXMR
suprnova.cc - Suprnova
trustpool.cc - TrustPool
trustpool.ru - TrustPool
unmineable.com - unMineable
uupool.cn - UUPool
viabtc.cc - ViaBTC
viabtc.com - ViaBTC
viabtc.io - ViaBTC
viabtc.top - ViaBTC
vipor.net - Vipor
webminepool.com Monero WebMinePool
whalesburg.com - Whalesburg
woolypooly.com - WoolyPooly
xmr.pt Monero XMR.pt
xmrig.com - XMRig
xmrpool.de Monero XMRPool.de
xmrpool.eu Monero XMRPool.eu
xmrpool.net Monero XMRPool.net
yiimp.eu - Yiimp
zergpool.com - Zergpool
zeropool.io - ZeroPool
zpool.ca - zpool
`;

/** Known pools by registrable domain. */
export const KNOWN_POOLS: ReadonlyMap<string, KnownPool> = new Map(
	TABLE.trim()
		.split("\n")
		.map((line) => {
			const [, domain, coin, name] = /^(\S+) (\S+) (.+)$/.exec(line) as unknown as [string, string, string, string];
			return [domain, { name, ...(coin !== "-" && { coin }) }];
		}),
);
