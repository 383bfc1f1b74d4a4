import { parse } from "tldts";
import { CLEAR_COIN_WORDS, COIN_OF_WORD } from "../mining/coin-words.ts";
import { KNOWN_POOLS, type KnownPool } from "../mining/known-pools.ts";
import { latin1 } from "../mining/text-memory.ts";
import { endsInMiningWord, MINING_WORDS, wordsOf } from "./name-words.ts";
import { TellingWords } from "./telling-words.ts";

/**
 * The evidence of a server name for mining, as a mass function over {miner, other, Θ}; the rest of the mass is m(Θ).
 * m(other) is 0: the client chooses the name and no server checks it, so a harmless name is no evidence against mining.
 */
export interface NameJudgement {
	/** m(miner). */
	readonly mass: number;
	/** The words that indicate mining, in the order of the name. */
	readonly words: readonly string[];
	readonly pool?: string;
	readonly coin?: string;
}

/** Masses by the content of a name (docs/server-names.md explains each). */
const MASS = {
	/** A host in a known pool's domain: miners connect to it. */
	poolHost: 0.95,
	/** The bare domain of a known pool: usually its web site, but some pools also accept miners there. */
	poolApex: 0.6,
	/** `stratum` with a coin or another mining word. */
	stratumAndMore: 0.9,
	/** A coin with a mining word. */
	coinAndMining: 0.8,
	/** The name of a known pool under a suffix that is not its own: a mirror, an older domain, or a proxy that imitates it. */
	poolLabel: 0.8,
	/** Two mining words together: `mining` and `pool`, `solo` and `pool`. */
	miningTwice: 0.7,
	/** A coin before a registered name that ends like a pool's. */
	coinAndPoolLike: 0.6,
	/** `stratum` alone, outside the registered name; there it may be a brand. */
	stratum: 0.4,
} as const;

/** The factor for masses of web-site names. */
const WEB_FACTOR = 0.4;
const LEAST_MASS = 0.1;

/** The evidence of the server name `bytes[begin … end)` for mining; undefined if there is none. */
export function judgeServerName(bytes: Uint8Array, begin: number, end: number): NameJudgement | undefined {
	return mayTell(bytes, begin, end) ? judgeName(latin1(bytes, begin, end).toLowerCase()) : undefined;
}

/** Quick rejection: one pass over the bytes without allocation and without false negatives. */
export function mayTell(bytes: Uint8Array, begin: number, end: number): boolean {
	return end - begin <= MAX_NAME && TELLING.occurIn(bytes, begin, end);
}

/** RFC 1035, section 2.3.4, and a final dot. */
const MAX_NAME = 254;

const CLEAR_COINS: ReadonlySet<string> = new Set(CLEAR_COIN_WORDS);

/** Every relevant name contains one of these: mining words (`mine` is in `miner`), and names of known pools. */
const TELLING = new TellingWords([
	...["pool", "mine", "mining", "solo", "stratum"],
	...[...KNOWN_POOLS.keys()].map(shortestTelling).filter((word) => !/pool|mine|mining|solo/.test(word)),
]);

/** The label before the suffix, or both if the label alone is too short to search for. */
function shortestTelling(domain: string): string {
	const label = domain.split(".")[0]!;
	return label.length >= 4 ? label : domain;
}

/** The judgement of a lower-case name, without the quick rejection. */
export function judgeName(name: string): NameJudgement | undefined {
	const host = parse(name.replace(/\.$/, ""), {
		allowPrivateDomains: false,
		validateHostname: false,
		extractHostname: false,
	});
	if (host.isIp) return undefined;
	const within = host.subdomain === "" || host.subdomain === null ? [] : host.subdomain.split(".").flatMap(wordsOf);
	const label = host.domainWithoutSuffix ?? "";
	const pool = host.domain === null ? undefined : KNOWN_POOLS.get(host.domain);
	if (pool) return judgePool(pool, host.domain!, within);
	const namesake = POOL_OF_LABEL.get(label);
	if (namesake) {
		const judgement = judgePool(namesake, label, within);
		return judgement && { ...judgement, mass: MASS.poolLabel };
	}
	// A suffix that is not registered belongs to a private network; its last label is treated like the others.
	const suffix = host.isIcann ? [] : (host.publicSuffix ?? "").split(".").flatMap(wordsOf);
	return judgeWords(within, [...wordsOf(label), ...suffix]);
}

/** Known pools by the label before the suffix, if the label is distinctive. */
const POOL_OF_LABEL: ReadonlyMap<string, KnownPool> = new Map(
	[...KNOWN_POOLS]
		.map(([domain, pool]) => [domain.split(".")[0]!, pool] as const)
		.filter(([label]) => label.length >= 7 && /pool|mine|hash|xmr|monero/.test(label)),
);

/** Hosts that serve web sites, not miners. */
const WEB_WORDS: ReadonlySet<string> = new Set(
	(
		"www web api apis app blog news docs doc help faq support status forum wiki cdn static assets img images mail smtp shop " +
		"store login account accounts auth dashboard explorer journal magazine info learn jobs download downloads academy " +
		"ir investor investors invest careers career media press community events web3 legal policy security trade exchange wallet"
	).split(" "),
);

/** `pool.ntp.org`, a resolver pool, a staking or liquidity pool: words that give `pool` another meaning. */
const OTHER_POOLS: ReadonlySet<string> = new Set(
	"ntp time dns stake staking staked swap defi finance liquidity lending swimming thread connection data text".split(
		" ",
	),
);

/** Undefined for a pool's web hosts (`www`, `academy`, `ir`): browsers connect to them, miners do not. */
function judgePool(pool: KnownPool, domain: string, within: readonly string[]): NameJudgement | undefined {
	const coinWord = within.find((word) => COIN_OF_WORD.has(word));
	const coin = coinWord === undefined ? pool.coin : COIN_OF_WORD.get(coinWord);
	const web = coinWord === undefined && within.some((word) => WEB_WORDS.has(word));
	const mining = within.filter((word) => word === "stratum" || MINING_WORDS.has(word));
	if (web && mining.length === 0) return undefined;
	const mass = within.length === 0 ? MASS.poolApex : MASS.poolHost;
	const words = [...(coinWord === undefined ? [] : [coinWord]), ...mining, domain];
	return { mass, words, pool: pool.name, ...(coin !== undefined && { coin }) };
}

function judgeWords(within: readonly string[], own: readonly string[]): NameJudgement | undefined {
	const all = [...within, ...own];
	if (all.some((word) => OTHER_POOLS.has(word))) return undefined;
	const told = all.filter((word) => tells(word, own));
	const telling = massOf(new Set(told), within);
	const mass = all.some((word) => WEB_WORDS.has(word)) ? telling * WEB_FACTOR : telling;
	if (mass < LEAST_MASS) return undefined;
	const coinWord = told.find((word) => CLEAR_COINS.has(word));
	const coin = coinWord === undefined ? undefined : COIN_OF_WORD.get(coinWord);
	return { mass, words: told, ...(coin !== undefined && { coin }) };
}

function tells(word: string, own: readonly string[]): boolean {
	if (CLEAR_COINS.has(word) || MINING_WORDS.has(word) || word === "stratum") return true;
	return own.includes(word) && endsInMiningWord(word);
}

function massOf(told: ReadonlySet<string>, within: readonly string[]): number {
	const words = [...told];
	const coin = words.some((word) => CLEAR_COINS.has(word));
	// `pool` and `pools`, `mine` and `miners` count as one word each.
	const mining = new Set(words.filter((word) => MINING_WORDS.has(word)).map((word) => word.slice(0, 3)));
	const poolLike = words.some(endsInMiningWord);
	if (told.has("stratum") && (coin || mining.size > 0 || poolLike)) return MASS.stratumAndMore;
	if (coin && mining.size > 0) return MASS.coinAndMining;
	if (mining.size > 1) return MASS.miningTwice;
	if (poolLike && within.some((word) => COIN_OF_WORD.has(word))) return MASS.coinAndPoolLike;
	return within.includes("stratum") ? MASS.stratum : 0;
}
