/**
 * Names that mining programs send in `agent`, in the first parameter of `mining.subscribe` and in `User-Agent`,
 * with the usual names of the programs. Compiled from the programs' own documentation and sources, November 2026.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
	antminer: "Antminer",
	avalon: "Avalon",
	awesomeminer: "Awesome Miner",
	bfgminer: "BFGMiner",
	bitaxe: "Bitaxe",
	bitminter: "BitMinter",
	bminer: "Bminer",
	bmminer: "bmminer",
	bosminer: "Braiins OS",
	btccminer: "btccminer",
	bzminer: "BzMiner",
	ccminer: "ccminer",
	cgminer: "cgminer",
	claymore: "Claymore",
	cpuminer: "cpuminer",
	"cpuminer-multi": "cpuminer-multi",
	"cpuminer-opt": "cpuminer-opt",
	cryptodredge: "CryptoDredge",
	cudaminer: "cudaminer",
	diablominer: "DiabloMiner",
	"dstm zm": "dstm zm",
	esp32: "ESP32 miner",
	ethereummine: "Ethereum miner",
	ethminer: "ethminer",
	ewbf: "EWBF",
	"ewbf zcash miner": "EWBF",
	finminer: "FinMiner",
	funakoshiminer: "Funakoshi",
	gminer: "GMiner",
	"grin-miner": "grin-miner",
	guiminer: "GUIMiner",
	innosilicon: "Innosilicon",
	kawpowminer: "kawpowminer",
	"karlsen-miner": "karlsen-miner",
	"kaspa-miner": "kaspa-miner",
	lolminer: "lolMiner",
	luckyminer: "Lucky Miner",
	minerd: "cpuminer",
	miniz: "miniZ",
	mkxminer: "mkxminer",
	nanominer: "nanominer",
	nbminer: "NBMiner",
	nerdminer: "NerdMiner",
	nerdminerv2: "NerdMiner",
	nerdqaxe: "NerdQAxe",
	nheqminer: "nheqminer",
	nicehash: "NiceHash",
	noncerpro: "NoncerPro",
	nsgminer: "nsgminer",
	onezerominer: "OneZeroMiner",
	phoenixminer: "PhoenixMiner",
	poclbm: "poclbm",
	powminer: "powminer",
	progpowminer: "progpowminer",
	"qubic-miner": "Qubic miner",
	rhminer: "rhminer",
	rigel: "Rigel",
	scalarminer: "Scalar",
	sgminer: "sgminer",
	srbminer: "SRBMiner-MULTI",
	"srbminer-multi": "SRBMiner-MULTI",
	"stratum-ping": "stratum-ping",
	teamblackminer: "TeamBlackMiner",
	teamredminer: "TeamRedMiner",
	trex: "T-Rex",
	"t-rex": "T-Rex",
	ttminer: "TT-Miner",
	"tt-miner": "TT-Miner",
	ufasoft: "Ufasoft",
	verium: "veriumMiner",
	wildrig: "WildRig",
	"wildrig-multi": "WildRig",
	whatsminer: "Whatsminer",
	"xmr-node-proxy": "xmr-node-proxy",
	"xmr-stak": "xmr-stak",
	"xmr-stak-cpu": "xmr-stak",
	"xmr-stak-rx": "xmr-stak",
	xmrig: "XMRig",
	"xmrig-amd": "XMRig",
	"xmrig-mo": "XMRig",
	"xmrig-nvidia": "XMRig",
	"xmrig-proxy": "xmrig-proxy",
	xmrigcc: "XMRigCC",
	yeminer: "yeminer",
	zenemy: "z-enemy",
	"z-enemy": "z-enemy",
	zecminer64: "dstm zm",
};

/**
 * The program that an agent string names, with its version if present; undefined if it is not a mining program.
 * The name is at the beginning and ends before `/`, a space, a version or the end; cut names do not match.
 */
export function softwareOf(agent: string | undefined): string | undefined {
	if (agent === undefined) return undefined;
	const match = /^([a-z][a-z0-9-]*(?: zcash miner| zm)?)(?:[/ _]?v?(\d[\w.+-]{0,15}))?(?=[/ ;,(]|$)/i.exec(
		agent.slice(0, 64),
	);
	if (!match) return undefined;
	const [, name, version] = match as unknown as [string, string, string | undefined];
	const program = Object.hasOwn(PROGRAMS, name.toLowerCase()) ? PROGRAMS[name.toLowerCase()] : undefined;
	return program === undefined || version === undefined ? program : `${program} ${version}`;
}

/** Names of manufacturers, markets and boards: web clients and price tickers use them as well. */
const AMBIGUOUS_AGENTS: ReadonlySet<string> = new Set([
	"Antminer",
	"Avalon",
	"Awesome Miner",
	"BitMinter",
	"ESP32 miner",
	"Innosilicon",
	"Lucky Miner",
	"NiceHash",
	"Whatsminer",
]);

/** The mining program that HTTP's `User-Agent` names; undefined for names that other clients use as well. */
export function programOf(agent: string): string | undefined {
	const software = softwareOf(agent);
	return software === undefined || AMBIGUOUS_AGENTS.has(software.replace(/ v?\d\S*$/, "")) ? undefined : software;
}

/** Allocation-free: whether the agent string at `at` begins with the first three letters of a known program. */
export function mayNameSoftware(bytes: Uint8Array, at: number, end: number): boolean {
	return at + 3 <= end && FIRST_LETTERS[trigram(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!)] === 1;
}

const FIRST_LETTERS = new Uint8Array(1 << 15);
for (const name of Object.keys(PROGRAMS)) {
	FIRST_LETTERS[trigram(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2))] = 1;
}

/** Five bits per letter, case-insensitive. */
function trigram(first: number, second: number, third: number): number {
	return ((first & 31) << 10) | ((second & 31) << 5) | (third & 31);
}
