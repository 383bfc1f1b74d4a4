import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { piecesOf } from "../capture/testing.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { InputList } from "../input/input-list.ts";
import { openInput } from "../input/open-input.ts";
import { rowOf } from "../meter/testing.ts";
import type { ReadOptions } from "./metering-purpose.ts";
import { openOnThreads } from "./open-on-threads.ts";
import { openShared } from "./shared-capture.ts";
import { Sharing } from "./sharing.ts";
import { SourceThreads } from "./source-threads.ts";
import { SourceThread } from "./threaded-source.ts";

const program = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));
const samples = fileURLToPath(new URL("../../samples", import.meta.url));
const capture = join(samples, "bitcoin-stratum.pcap");
const folder = mkdtempSync(join(tmpdir(), "decrypto-source-threads-"));
after(() => rmSync(folder, { recursive: true }));

/** A rotation of one capture, another that it is too small for, and flows: each directory once more with a file that makes it a large one. */
const small = join(folder, "small");
const large = join(folder, "large");
before(async () => {
	const monero = gunzipSync(readFileSync(join(samples, "monero-xmrig.pcap.gz")));
	for (const directory of [small, large]) {
		mkdirSync(directory);
		for (const [i, piece] of piecesOf(monero, 3).entries()) {
			// One of them was compressed meanwhile.
			const [name, content] = i === 1 ? [`trace.pcap${i}.gz`, gzipSync(piece)] : [`trace.pcap${i}`, piece];
			writeFileSync(join(directory, name), content);
		}
		writeFileSync(join(directory, "trace.pcap9"), readFileSync(capture));
		await decrypto(["meter", capture, "--output", join(directory, "zz-flows.csv")]);
	}
	// All zeros and not on the disk: a file of no kind that is read.
	writeFileSync(join(large, "padding"), "");
	truncateSync(join(large, "padding"), 2 ** 31);
});

async function decrypto(args: readonly string[]): Promise<string> {
	const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args]);
	assert.equal(stderr, "");
	return stdout;
}

/** What was found, in its order, without the numbers and the directory. */
function found(ndjson: string): string[] {
	const lines = ndjson.trim().split("\n");
	return lines.map((line) => JSON.stringify({ ...JSON.parse(line), index: 0, input: "" }));
}

describe("a directory of captures is one observation,", () => {
	test("also where another thread reads them", async () => {
		const args = ["detect", small, "--all", "--format", "ndjson"];
		const one = await decrypto(args);
		assert.ok(found(one).length > 10);
		assert.equal(await decrypto([...args, "--threads", "2"]), one);
	});

	for (const threads of ["2", "4"]) {
		test(`and where ${threads} threads meter their parts of it`, async () => {
			const args = ["--all", "--format", "ndjson", "--threads", threads];
			const shared = await decrypto(["detect", large, ...args]);
			const alone = await decrypto(["detect", small, "--all", "--format", "ndjson"]);
			assert.deepEqual(found(shared).sort(), found(alone).sort());
			assert.notDeepEqual(found(shared), found(alone), "in the order of one meter: it was not shared");
			assert.equal(await decrypto(["detect", large, ...args]), shared);
		});
	}
});

test("only large captures are shared: what a file or a directory holds counts", () => {
	const sharing = new Sharing();
	const options = { metering: {}, purpose: "detection" } as const;
	assert.equal(sharing.appliesTo({ name: capture }, options), false);
	assert.equal(sharing.appliesTo({ name: "live:eth0" }, options), false);
	assert.equal(sharing.appliesTo({ name: "too-long-to-be-a-name".repeat(500) }, options), false);
	assert.equal(sharing.appliesTo({ name: join(large, "padding") }, options), true);
	assert.equal(sharing.appliesTo({ name: join(large, "padding") }, { ...options, filter: "tcp" }), false);
	assert.equal(sharing.appliesTo({ name: join(small, "trace.pcap0"), directory: small }, options), false);
	assert.equal(sharing.appliesTo({ name: join(large, "trace.pcap0"), directory: large }, options), true);
});

describe("a shared capture", () => {
	const options: ReadOptions = { metering: { payloadBytes: 512, handshakes: true, vlan: true }, purpose: "export" };
	const here = (name: string) => (ofShard: ReadOptions) => openInput({ name }, ofShard);

	test("has every flow once", async () => {
		await using thread = new SourceThread();
		const there = (ofShard: ReadOptions) => thread.open({ name: capture }, ofShard);
		const shared = (await openShared(here(capture), [there], options))!;
		const alone = (await openInput({ name: capture }, options))!;
		assert.deepEqual((await rowsOf(shared.source)).sort(), (await rowsOf(alone.source)).sort());
		assert.deepEqual(shared.source.counters, alone.source.counters);
	});

	test("that others cannot open is closed here, too, and the error is theirs", async () => {
		await using thread = new SourceThread();
		const nowhere = (ofShard: ReadOptions) => thread.open({ name: join(folder, "nowhere") }, ofShard);
		await assert.rejects(openShared(here(capture), [nowhere], options), { message: /no such file$/ });
	});

	test("that turns out to be flows is read on one other thread", async () => {
		await using thread = new SourceThread();
		const name = join(small, "zz-flows.csv");
		const there = (whole: ReadOptions) => thread.open({ name }, whole);
		const flows = await openShared(here(name), [there, () => assert.fail("asked a second one")], options);
		const alone = (await openInput({ name }, options))!;
		assert.equal(flows!.isCapture, false);
		assert.deepEqual(await rowsOf(flows!.source), await rowsOf(alone.source));
	});
});

test("a directory that is followed is read on this thread, for it is asked there what comes next", async () => {
	await using threads = new SourceThreads(1);
	threads.first.open = () => assert.fail("handed over");
	const inputs = new InputList([small], true);
	const input = (await inputs.next())!;
	assert.equal(input.isFollowed, true);
	await using source = (await openOnThreads(threads, input, { metering: {}, purpose: "detection" }, inputs))!.source;
	inputs.stop();
	assert.ok((await rowsOf(source)).length > 0);
});

async function rowsOf(source: FlowSource): Promise<string[]> {
	const rows: string[] = [];
	for await (const flows of source) for (let i = 0; i < flows.length; i++) rows.push(rowOf(flows, i));
	return rows;
}
