import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { KNOWN_POOLS } from "../mining/known-pools.ts";
import { judgeName, judgeServerName } from "./server-name.ts";

const judge = (name: string) => {
	const bytes = Buffer.from(name, "latin1");
	return judgeServerName(bytes, 0, bytes.length);
};

const POOLS: Readonly<Record<string, readonly [mass: number, pool?: string | undefined, coin?: string]>> = {
	"xmr-eu1.nanopool.org": [0.95, "Nanopool", "Monero"],
	"ETH.2miners.com": [0.95, "2Miners", "Ethereum"],
	"stratum-btc.antpool.com": [0.95, "AntPool", "Bitcoin"],
	"pool.hashvault.pro": [0.95, "HashVault", "Monero"],
	"gulf.moneroocean.stream": [0.95, "MoneroOcean", "Monero"],
	"kawpow.auto.nicehash.com": [0.95, "NiceHash", "Ravencoin"],
	"etc.2miners.com.": [0.95, "2Miners", "Ethereum Classic"],
	"eu.luxor.tech": [0.95, "Luxor"],
	"btc.ss.poolin.com": [0.95, "Poolin", "Bitcoin"],
	"ws027.authedmine.com": [0.95, "Coinhive", "Monero"],
	"minexmr.com": [0.6, "MineXMR", "Monero"],
	"ru.hashvault.app": [0.8, "HashVault", "Monero"],
	"stratum-eu.example.org": [0.4],
	"stratum.btc.example.org": [0.9, undefined, "Bitcoin"],
	"stratum.whalepool.example": [0.9],
	"euxmrpool.net": [0.8, undefined, "Monero"],
	"RVn-Pool.eXamPLE.OrG": [0.8, undefined, "Ravencoin"],
	"mine.bitcoin.example": [0.8, undefined, "Bitcoin"],
	"pool.xmr.local": [0.8, undefined, "Monero"],
	"eu.best-mining-pool.example.com": [0.7],
	"solopool.example.com": [0.7],
	"kas.whalepool.com": [0.6, undefined, "Kaspa"],
};

for (const [name, [mass, pool, coin]] of Object.entries(POOLS)) {
	test(`${name}: mass ${mass}${pool ? `, ${pool}` : ""}${coin ? `, ${coin}` : ""}`, () => {
		const judgement = judge(name);
		assert.deepEqual([judgement?.mass, judgement?.pool, judgement?.coin], [mass, pool, coin]);
		assert.ok(judgement!.words.length > 0);
	});
}

const ORDINARY = `whirlpool.com liverpool.ac.uk carpool.example.com jasmine.tea minecraft.net sessionserver.mojang.com undermined.org
	ntp.pool pool.ntp.org 0.debian.pool.ntp.org elizabeth.com ethz.ch pool.ethz.ch mining-journal.com datamining.kdd.org
	mineral-water.cz mining.com www.mining.com pool.com poolparty.net deadpool.wikia.org rocketpool.net eth.stakingpool.com
	threadpool.example.org examiner.com determine.io famine.org dashboard.google.com hashicorp.com stratum.com
	stratum-one.ntp.example api.eth.link eth-mainnet.alchemyapi.io a.btc xmr eth0 bitcoin.org www.bitcoin.org coinbase.com
	cdn.example.net facebook.com www.google.com update.microsoft.com pool minerva.example.edu mineola.gov blackpool.gov.uk
	swimming-pool.fr poolhouse.de solo.to console.aws.amazon.com isolo.example minetest.net ironmine.example motorpool.mil
	connection-pool.example.com eth.ethernet.example method.example.com btc-defi-pool.finance.example 127.0.0.1 ::1
	www.nanopool.org www.nicehash.com academy.nicehash.com ir.bitdeer.com blog.2miners.com docs.hashvault.pro status.luxor.tech
	btc.mempool.example mempool.space xmr-mempool.example.com notnicehash.com.example.org`;

for (const name of ORDINARY.split(/\s+/)) test(`${name} says nothing`, () => assert.equal(judge(name), undefined));

test("a web site about mining is weak evidence: people read there", () => {
	assert.ok(judge("bitcoin-mining-news.com")!.mass < 0.4);
	assert.ok(judge("www.bitcoinpool.example.com")!.mass < 0.4);
});

test("every known pool's hosts are recognised, with their coin", () => {
	for (const [domain, { name }] of KNOWN_POOLS) {
		assert.equal(judge(`eu1.${domain}`)?.pool, name, domain);
		assert.equal(judge(`xmr.${domain}`)?.coin, "Monero");
	}
});

test("the quick rejection has no false negatives", () => {
	const word = fc.constantFrom(
		"xmr",
		"eth",
		"pool",
		"mine",
		"miners",
		"mining",
		"solo",
		"stratum",
		"eu",
		"hash",
		"liver",
		"x",
		"2",
		"ocean",
		"whale",
		"btc",
		"raven",
		"www",
		...[...KNOWN_POOLS.keys()].flatMap((domain) => domain.split(".")),
	);
	const name = fc
		.array(fc.tuple(word, fc.constantFrom("", ".", "-", "_")), { maxLength: 6 })
		.map((parts) => parts.flat().join(""));
	fc.assert(
		fc.property(name, (text) => {
			assert.deepEqual(judge(text), judgeName(text.toLowerCase()));
		}),
		{ numRuns: 3000 },
	);
});

test("any bytes return a result", () => {
	fc.assert(
		fc.property(
			fc.uint8Array({ maxLength: 300 }),
			fc.constantFrom("", "pool", ".2miners.com", "xmr-mine."),
			(bytes, tail) => {
				const name = Buffer.concat([bytes, Buffer.from(tail)]);
				const judgement = judgeServerName(name, 0, name.length);
				if (judgement) assert.ok(judgement.mass > 0 && judgement.mass <= 0.95);
			},
		),
	);
});

const POOL_NAMES = "data/pools/AdamYoung71-mining-pool-domain-intel/data/mining_pool_domains.json";

test("most names of a public list of pools are recognised, including small private ones", {
	skip: needsShared(POOL_NAMES),
}, () => {
	const entries = JSON.parse(readFileSync(sharedPath(POOL_NAMES)!, "utf8")) as { domain: string }[];
	const names = [...new Set(entries.map(({ domain }) => domain))].filter((name) => /[a-z]/.test(name));
	const told = names.filter((name) => (judge(name)?.mass ?? 0) >= 0.4);
	assert.ok(told.length / names.length > 0.6, `${told.length} of ${names.length}`);
});

const FLOWS = "data/flows/flows.csv.gz";

test("no server name of real ordinary flows is evidence of mining", { skip: needsShared(FLOWS) }, () => {
	const [head, ...rows] = gunzipSync(readFileSync(sharedPath(FLOWS)!))
		.toString()
		.trim()
		.split("\n") as [string, ...string[]];
	const column = head.split(",").indexOf("TLS_SNI");
	const names = new Set(
		rows
			.map((row) => row.split(","))
			.filter(([label]) => label === "Other")
			.map((row) => row[column]!),
	);
	for (const name of names) {
		// Browsing the page of a web miner is labelled Other in one source; its host is a web miner's all the same.
		if (!/coinhive|authedmine/.test(name)) assert.equal(judge(name), undefined, name);
	}
	assert.ok(names.size > 150);
});
