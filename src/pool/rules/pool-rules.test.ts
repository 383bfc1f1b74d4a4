import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { test } from "node:test";
import type { VerifiedPool } from "../verified-pool.ts";
import { DEFAULT_RULES, poolRules, type RuleFormat } from "./pool-rules.ts";

const pool = (address: string, port: number, more: Partial<VerifiedPool> = {}): VerifiedPool => ({
	address,
	port,
	tls: false,
	protocol: "stratum",
	host: "pool.example",
	latency: 12,
	certificateNames: [],
	verified: "2026-11-22T18:00:00Z",
	...more,
});

const pools = [
	pool("2001:db8::1", 3333, { coin: "Monero", pool: 'Evil"; sid:1; )' }),
	pool("192.0.2.1", 443, { tls: true, coin: "Monero", pool: "Example Pool", protocol: "monero-stratum" }),
	pool("192.0.2.1", 3333),
	pool("192.0.2.1", 3333),
];
const many = Array.from({ length: 3000 }, (_, i) =>
	pool(`198.51.${100 + (i >> 10)}.${(i >> 2) & 0xff}`, 3000 + (i & 3)),
);
const rules = (format: RuleFormat, list = pools) => poolRules(list, format, DEFAULT_RULES);

test("lines are ADDRESS PORT, as in the original, without duplicates", () => {
	assert.equal(rules("lines"), "192.0.2.1 443\n192.0.2.1 3333\n2001:db8::1 3333\n");
});

test("a BPF filter has one term per address, and is split if it is too long", () => {
	assert.equal(
		rules("bpf"),
		"tcp and ((ip host 192.0.2.1 and (port 443 or port 3333)) or (ip6 host 2001:db8::1 and port 3333))\n",
	);
	const filters = rules("bpf", many).trimEnd().split("\n");
	assert.ok(filters.length > 5);
	for (const filter of filters) {
		assert.ok(filter.length <= DEFAULT_RULES.bpfLength);
		assert.equal(filter.split("(").length, filter.split(")").length);
	}
	assert.equal(filters.join(" ").match(/port \d+/g)!.length, 3000);
});

test("nftables and ipset have one set per version of IP", () => {
	assert.match(
		rules("nftables"),
		/set pools4 \{\n\t\ttype ipv4_addr \. inet_service\n\t\telements = \{\n\t\t\t192\.0\.2\.1 \. 443,\n\t\t\t192\.0\.2\.1 \. 3333\n/,
	);
	assert.match(rules("nftables", []), /set pools6 \{\n\t\ttype ipv6_addr \. inet_service\n\t\}/);
	assert.match(rules("ipset"), /^create decrypto-pools4 hash:ip,port family inet maxelem 65536 -exist\n/);
	assert.match(rules("ipset"), /\nadd decrypto-pools6 2001:db8::1,tcp:3333 -exist\n$/);
});

test("Suricata rules stay within their identifiers, and no name on a list ends an option", () => {
	const lines = rules("suricata").trimEnd().split("\n");
	assert.deepEqual(
		lines.map((line) => /sid:(\d+); rev:1;\)$/.exec(line)?.[1]),
		["1900000", "1900001", "1900002"],
	);
	assert.match(
		lines[0]!,
		/^alert tcp \$HOME_NET any -> \[192\.0\.2\.1\] 443 \(msg:"DeCrypto mining pool Example Pool \(Monero\)"; .*classtype:coin-mining; metadata:pool Example_Pool, coin Monero, protocol monero-stratum, tls yes, verified 2026_11_22;/,
	);
	assert.match(lines[2]!, /msg:"DeCrypto mining pool Evil sid 1 \) \(Monero\)";/);
	assert.throws(
		() => poolRules(pools, "suricata", { ...DEFAULT_RULES, sids: { first: 1, last: 2 } }),
		/3 rules need as many identifiers/,
	);
});

test("the match list has a header of NEMEA's types", () => {
	assert.equal(
		rules("csv"),
		'ipaddr DST_IP,uint16 DST_PORT,uint8 PROTOCOL,string MINING_PROTOCOL,string POOL,string COIN\n192.0.2.1,443,6,"monero-stratum","Example Pool","Monero"\n192.0.2.1,3333,6,"stratum","pool.example",""\n2001:db8::1,3333,6,"stratum","Evil""; sid:1; )","Monero"\n',
	);
});

interface Run {
	readonly missing: boolean;
	readonly status: number | null;
	readonly text: string;
	readonly output: string;
}

/** Runs a tool of the system, if it is installed. */
function runTool(tool: string, args: readonly string[], input = ""): Run {
	const { error, status, stderr, stdout } = spawnSync(tool, args, { input });
	return { missing: error !== undefined, status, text: stderr?.toString() ?? "", output: stdout?.toString() ?? "" };
}

/** Why a tool cannot run the check, or false. */
function lacks(tool: string): false | string {
	return runTool(tool, ["--version"]).missing && `${tool} is not installed: its check of the rules is skipped`;
}

test("tcpdump compiles every filter", { skip: lacks("tcpdump") }, () => {
	for (const filter of [rules("bpf"), ...rules("bpf", many).trimEnd().split("\n")]) {
		const { status, text, output } = runTool("tcpdump", ["-ddd", "-y", "EN10MB", filter.trim()]);
		assert.equal(status, 0, text);
		// The first line is the number of instructions; a kernel accepts 4,096.
		assert.ok(Number(output.split("\n")[0]) <= 4096);
	}
});

test("nft checks the sets", { skip: lacks("nft") }, () => {
	const { status, text } = runTool("nft", ["-c", "-f", "-"], rules("nftables", [...pools, ...many]));
	// Without the right to access the kernel, nft has still parsed the file.
	assert.ok(status === 0 || /not permitted|netlink/i.test(text), text);
});

/** ipset has no check mode: its commands run in a temporary network namespace. */
const ownNetwork = (tool: string, ...args: readonly string[]) => ["--net", tool, ...args];
const canIsolate = runTool("unshare", ownNetwork("ipset", "list")).status === 0;

test("ipset accepts the commands", {
	skip: !canIsolate && "needs ipset and the right to make a network namespace: its check is skipped",
}, () => {
	const { status, text } = runTool("unshare", ownNetwork("ipset", "restore"), rules("ipset", [...pools, ...many]));
	assert.equal(status, 0, text);
});

test("Suricata loads the rules", { skip: lacks("suricata") }, () => {
	const { status, text } = runTool("suricata", ["-T", "-S", "/dev/stdin", "-l", tmpdir()], rules("suricata"));
	assert.equal(status, 0, text);
});
