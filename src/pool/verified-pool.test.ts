import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { DEFAULT_RULES, poolRules, RULE_FORMATS } from "./rules/pool-rules.ts";
import { readVerified, type VerifiedPool, verifiedCsv } from "./verified-pool.ts";

const GOOD: VerifiedPool = {
	address: "192.0.2.7",
	port: 3333,
	tls: false,
	protocol: "stratum",
	host: "pool.example",
	latency: 5,
	certificateNames: [],
	verified: "2026-01-01T00:00:00Z",
};

test("invalid rows are refused with their line, and the others are used", () => {
	const rows = [
		"192.0.2.1,3333",
		"fe80::1%eth0,3333,no,stratum,,,h,1,,",
		"192.0.2.2,3333.5,no,stratum,,,h,1,,",
		"192.0.2.3,0x50,no,stratum,,,h,1,,",
		"192.0.2.4, 1e3 ,no,stratum,,,h,1,,",
		"192.0.2.5,0,no,stratum,,,h,1,,",
		"192.0.2.6,70000,no,stratum,,,h,1,,",
	];
	const refused: string[] = [];
	const pools = readVerified(`${verifiedCsv([GOOD])}${rows.join("\n")}\n`, "list.csv", (line) => refused.push(line));
	assert.deepEqual(pools, [GOOD]);
	assert.deepEqual(refused, [
		"list.csv: line 3: 2 columns in place of 10",
		"list.csv: line 4: not an address",
		...[5, 6, 7, 8, 9].map((line) => `list.csv: line ${line}: not a port`),
	]);
	for (const format of RULE_FORMATS) assert.ok(poolRules(pools, format, DEFAULT_RULES).includes("192.0.2.7"));
});

test("nft accepts the sets", (t) => {
	const input = poolRules([GOOD, { ...GOOD, address: "2001:db8::1" }], "nftables", DEFAULT_RULES);
	const { error, status, stderr } = spawnSync("unshare", ["--net", "nft", "-c", "-f", "-"], {
		input,
		encoding: "utf8",
	});
	if (error || /not found|No such file|not permitted/i.test(stderr)) return t.skip("nft or unshare is missing");
	assert.equal(status, 0, stderr);
});
