import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { InputList } from "./input-list.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-inputs-"));
after(() => rmSync(folder, { recursive: true }));

async function all(list: InputList): Promise<string[]> {
	const names: string[] = [];
	for (let input = await list.next(); input; input = await list.next()) names.push(input.name);
	return names;
}

function directory(name: string, files: readonly string[]): string {
	const path = join(folder, name);
	mkdirSync(path);
	for (const file of files) writeFileSync(join(path, file), "");
	return path;
}

test("a directory is its files in rotation order, without hidden ones and folders", async () => {
	const path = directory("rotated", ["trace.pcap10", "trace.pcap2", "trace.pcap", ".hidden"]);
	mkdirSync(join(path, "older"));
	assert.deepEqual(
		await all(new InputList([path])),
		["trace.pcap", "trace.pcap2", "trace.pcap10"].map((name) => join(path, name)),
	);
});

test("files, standard input and interfaces stay as they are named", async () => {
	const names = ["-", "nowhere.pcap", "live:eth0", "u:flows", "ipfix+udp://0.0.0.0:4739"];
	assert.deepEqual(await all(new InputList(names)), names);
});

test("a directory that is followed gives what appears in it later, and compression makes no file new", {
	timeout: 10_000,
}, async () => {
	const path = directory("followed", ["a.pcap"]);
	const list = new InputList([path], true);
	assert.equal((await list.next())?.name, join(path, "a.pcap"));
	rmSync(join(path, "a.pcap"));
	writeFileSync(join(path, "a.pcap.gz"), "");
	setTimeout(() => writeFileSync(join(path, "b.pcap"), ""), 100);
	assert.equal((await list.next())?.name, join(path, "b.pcap"));
	setTimeout(() => list.stop(), 100);
	assert.equal(await list.next(), undefined);
});

test("a file that is begun anew under its old name is another file, one that grows is not", {
	timeout: 10_000,
}, async () => {
	const path = directory("ring", []);
	const [first, second] = [join(path, "ring0"), join(path, "ring1")];
	writeFileSync(first, "some packets");
	const list = new InputList([path], true);
	assert.equal((await list.next())?.name, first);
	writeFileSync(first, "some packets and more");
	writeFileSync(second, "others");
	assert.equal((await list.next())?.name, second);
	writeFileSync(first, "anew");
	assert.equal((await list.next())?.name, first);
	rmSync(second);
	writeFileSync(join(path, "moved"), "a new file of the same size");
	renameSync(join(path, "moved"), second);
	assert.equal((await list.next())?.name, second);
	assert.equal(list.peek(), undefined);
});

test("FIFOs and sockets of a directory are not opened: they would wait for their other end", async (t) => {
	const path = directory("special", ["a.pcap"]);
	if (spawnSync("mkfifo", [join(path, "b.fifo")]).status !== 0) return t.skip("mkfifo is not installed");
	assert.deepEqual(await all(new InputList([path])), [join(path, "a.pcap")]);
});

test("a followed directory that disappears is waited for", { timeout: 10_000 }, async () => {
	const path = directory("removed", ["a.pcap"]);
	const warnings: string[] = [];
	const list = new InputList([path], true, (line) => warnings.push(line));
	assert.equal((await list.next())?.name, join(path, "a.pcap"));
	rmSync(path, { recursive: true });
	assert.equal(list.peek(), undefined);
	mkdirSync(path);
	writeFileSync(join(path, "b.pcap"), "");
	assert.equal((await list.next())?.name, join(path, "b.pcap"));
	assert.deepEqual(warnings, [`${path}: no such file; waiting for it`, `${path}: is back`]);
});
