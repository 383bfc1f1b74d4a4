import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { otherBehaviours, poolBehaviours } from "../../lab/pools/behaviours.ts";
import { startDnsServer } from "../../lab/pools/dns-server.ts";
import { startServer } from "../../lab/pools/scripted-server.ts";

const program = fileURLToPath(new URL("./decrypto.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pools-cli-"));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

/** Runs the program while this process serves. */
function run(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [program, "pools", ...args], { stdio: ["ignore", "pipe", "pipe"] });
		let out = "";
		let err = "";
		child.stdout.on("data", (chunk) => {
			out += chunk;
		});
		child.stderr.on("data", (chunk) => {
			err += chunk;
		});
		child.once("close", (status) => resolve({ status, out, err }));
	});
}

const quick = ["--allow-reserved", "--gap", "0", "--timeout", "2"];

test("names are resolved, pools verified, and rules made of them", async () => {
	await using pool = await startServer(poolBehaviours.monero, { certificateName: "xmr.example" });
	await using other = await startServer(otherBehaviours.closes);
	await using dns = await startDnsServer({
		"xmr.example": { cname: "host.example" },
		"host.example": { a: ["127.0.0.1"] },
	});
	writeFileSync(file("list.txt"), `xmr.example:${pool.port}\nxmr.example:${other.port}\nbad line!\nnone.example:1\n`);
	const output = file("verified.csv");
	const { status, err } = await run("verify", file("list.txt"), "--output", output, "--resolver", dns.name, ...quick);
	assert.equal(status, 0, err);
	assert.match(err, /list\.txt:3: bad line! is not a host|list\.txt:3: /);
	assert.match(err, /none\.example: no such host/);
	assert.match(err, /2 addresses and ports to ask; 20 connections at most/);
	assert.match(err, /1 verified; 1 closed/);
	assert.match(
		readFileSync(output, "utf8"),
		new RegExp(`\\n127\\.0\\.0\\.1,${pool.port},yes,monero-stratum,Monero,,xmr\\.example,\\d+,xmr\\.example,`),
	);
	assert.ok(!existsSync(`${output}.unfinished`));
	const rules = await run("rules", output, "--format", "bpf");
	assert.equal(rules.out, `tcp and ((ip host 127.0.0.1 and port ${pool.port}))\n`);
});

test("private addresses are not asked unless told to, and the output stays where nothing was verified", async () => {
	await using pool = await startServer(poolBehaviours.stratum);
	writeFileSync(file("local.txt"), `127.0.0.1:${pool.port}\n`);
	writeFileSync(file("kept.csv"), "as it was");
	const { status, err } = await run("verify", file("local.txt"), "--output", file("kept.csv"));
	assert.equal(status, 1);
	assert.match(err, /0 addresses and ports to ask; 0 connections at most.*1 private or reserved left out/);
	assert.match(err, /nothing was verified; .*kept\.csv is as it was/);
	assert.equal(readFileSync(file("kept.csv"), "utf8"), "as it was");
	assert.equal(pool.received.length, 0);
});

test("a dry run asks nobody, and the deny list is honoured", async () => {
	await using pool = await startServer(poolBehaviours.stratum);
	writeFileSync(file("one.txt"), `127.0.0.1:${pool.port}\n`);
	writeFileSync(file("deny.txt"), "127.0.0.0/8 # ours\n");
	const dry = await run("verify", file("one.txt"), "--dry-run", ...quick);
	assert.match(dry.err, /1 address and port to ask; 10 connections at most/);
	const denied = await run(
		"verify",
		file("one.txt"),
		"--output",
		file("dry.csv"),
		"--deny",
		file("deny.txt"),
		...quick,
	);
	assert.match(denied.err, /1 denied/);
	assert.equal(pool.received.length, 0);
	assert.ok(!existsSync(file("dry.csv")));
});

test("an interrupted run is gone on with: what was verified is not asked again", async () => {
	await using pool = await startServer(poolBehaviours.stratum);
	await using hanging = await startServer(otherBehaviours.hangs);
	writeFileSync(
		file("two.txt"),
		`host,port,tls,protocol\n127.0.0.1,${pool.port},no,stratum\n127.0.0.1,${hanging.port},no,stratum\n`,
	);
	const entry = {
		address: "127.0.0.1",
		port: pool.port,
		tls: false,
		protocol: "stratum",
		host: "127.0.0.1",
		latency: 1,
		certificateNames: [],
		verified: "2026-11-22T18:00:00Z",
	};
	writeFileSync(
		file("two.csv.unfinished"),
		`${JSON.stringify({ address: entry.address, port: entry.port, verified: entry })}\n`,
	);
	const { status, err } = await run(
		"verify",
		file("two.txt"),
		"--output",
		file("two.csv"),
		"--allow-reserved",
		"--timeout",
		"1",
	);
	assert.equal(status, 0, err);
	assert.match(err, /1 address and port to ask; 1 connection at most.*1 settled before/);
	assert.equal(pool.received.length, 0);
	assert.match(readFileSync(file("two.csv"), "utf8"), new RegExp(`127\\.0\\.0\\.1,${pool.port},no,stratum`));
});

test("an update merges maintained lists: origins and what entries say stay, absent ones go only when asked", async () => {
	const ours = file("ours.csv");
	writeFileSync(ours, "mine.example:1111\nshared.example:2222\n");
	writeFileSync(file("theirs.csv"), "host,port,coin\nshared.example,2222,Monero\ngone.example,3333,\n");
	const first = await run("update", ours, file("theirs.csv"));
	assert.equal(first.status, 0, first.err);
	assert.match(first.err, /3 entries in .*ours\.csv: 1 added/);
	const before = [
		"host,port,tls,protocol,coin,pool,origin",
		"mine.example,1111,,,,,",
		"shared.example,2222,,,Monero,,",
		"gone.example,3333,,,,,theirs.csv",
	];
	assert.equal(readFileSync(ours, "utf8"), `${before.join("\n")}\n`);

	writeFileSync(file("theirs.csv"), "host,port,protocol\nnew.example,4444,kadena-mining\n");
	const kept = await run("update", ours, file("theirs.csv"));
	assert.match(kept.err, /4 entries in .* 1 added, 1 no longer listed and kept/);
	assert.match(readFileSync(ours, "utf8"), /^gone\.example,3333/m);
	const removed = await run("update", ours, file("theirs.csv"), "--remove-absent");
	assert.match(removed.err, /3 entries in .* 0 added, 1 removed/);
	const after = [...before.slice(0, 3), "new.example,4444,,kadena-mining,,,theirs.csv"];
	assert.equal(readFileSync(ours, "utf8"), `${after.join("\n")}\n`);
});

test("a list with a line that cannot be read is not written anew", async () => {
	const ours = file("faulty.txt");
	writeFileSync(ours, "mine.example:1111\nbad line!\n");
	const { status, err } = await run("update", ours, "builtin");
	assert.equal(status, 1);
	assert.match(err, /faulty\.txt: 1 line could not be used; correct or remove them first/);
	assert.equal(readFileSync(ours, "utf8"), "mine.example:1111\nbad line!\n");
});

test("the built-in list is printed, and wrong usage says so", async () => {
	const list = await run("list", "--format", "lines");
	assert.match(list.out, /^pool\.supportxmr\.com:3333$/m);
	const none = await run("rules", file("list.txt"));
	assert.equal(none.status, 1);
	assert.match(none.err, /not a list of verified pools/);
	writeFileSync(file("empty.txt"), "# nothing\n");
	assert.equal((await run("verify", file("empty.txt"), "--output", file("x"))).status, 2);
	assert.equal((await run("verify", file("one.txt"), "--output", file("x"), "--resolver", "nonsense")).status, 2);
	const aimless = await run("verify", file("one.txt"));
	assert.equal(aimless.status, 2);
	assert.match(aimless.err, /--output is missing/);
});
