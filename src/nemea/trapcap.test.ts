import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { openByteSource } from "../bytes/byte-source.ts";
import { FlowInput } from "./flow-input.ts";
import { isTrapcap, TRAPCAP_HEAD } from "./hello.ts";
import { parseTemplate } from "./template.ts";
import { TrapcapInput } from "./trapcap-input.ts";
import { TrapcapOutput } from "./trapcap-output.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-trapcap-"));
after(() => rmSync(folder, { recursive: true }));

const AB = parseTemplate("uint16 A,string B");

function record(value: number, text: string): Uint8Array {
	const bytes = Buffer.alloc(AB.fixedLength + text.length);
	bytes.writeUInt16LE(value, 0);
	bytes.writeUInt16LE(text.length, 4);
	bytes.write(text, AB.fixedLength);
	return bytes;
}

async function recordsOf(
	path: string,
): Promise<{ records: string[]; warnings: string[]; malformed: [string, number][] }> {
	const input = new TrapcapInput(openByteSource(path));
	const records: string[] = [];
	for await (const { bytes, begins, ends, length } of input) {
		for (let i = 0; i < length; i++) records.push(Buffer.from(bytes.subarray(begins[i], ends[i])).toString("hex"));
	}
	return { records, warnings: input.counters.warnings, malformed: [...input.counters.malformed] };
}

async function written(name: string, records: readonly Uint8Array[]): Promise<string> {
	const path = join(folder, name);
	const output = new TrapcapOutput({ path });
	await output.begin(AB);
	for (const one of records) output.send(one, 0, one.length);
	await output.close();
	return path;
}

const MANY = Array.from({ length: 5000 }, (_, i) => record(i & 0xffff, "x".repeat(i % 90)));
const hexes = (records: readonly Uint8Array[]): string[] => records.map((one) => Buffer.from(one).toString("hex"));

test("records that were written are read again, over many containers", async () => {
	const path = await written("many.trapcap", MANY);
	assert.ok(isTrapcap(readFileSync(path).subarray(0, TRAPCAP_HEAD)));
	assert.deepEqual(await recordsOf(path), { records: hexes(MANY), warnings: [], malformed: [] });
});

test("a batch may be transferred to another thread: the next ones are as they were", async () => {
	const records = Array.from({ length: 8 }, () => MANY).flat();
	const read: string[] = [];
	let batches = 0;
	for await (const batch of new TrapcapInput(openByteSource(await written("long.trapcap", records)))) {
		const { bytes, begins, ends } = batch;
		const there = structuredClone(
			{ bytes, begins, ends },
			{ transfer: [bytes.buffer, begins.buffer, ends.buffer] as ArrayBuffer[] },
		);
		assert.equal(batch.bytes.length, 0);
		for (let i = 0; i < batch.length; i++) {
			read.push(Buffer.from(there.bytes.subarray(there.begins[i], there.ends[i])).toString("hex"));
		}
		batches++;
	}
	assert.ok(batches > 1);
	assert.deepEqual(read, hexes(records));
});

test("a file that ends early gives every record before the cut, and a warning", async () => {
	const whole = readFileSync(await written("whole.trapcap", MANY.slice(0, 40)));
	const first = 8 + AB.text.length + 4;
	for (let cut = 0; cut < whole.length; cut += 7) {
		const path = join(folder, "cut.trapcap");
		writeFileSync(path, whole.subarray(0, cut));
		const { records, warnings } = await recordsOf(path);
		let complete = 0;
		for (let at = first; complete < 40; complete++) {
			at += 2 + MANY[complete]!.length;
			if (at > cut) break;
		}
		assert.deepEqual(records, hexes(MANY.slice(0, complete)), `cut at ${cut}`);
		assert.equal(warnings.length, cut === first - 4 ? 0 : 1, `cut at ${cut}`);
	}
});

test("a message of one byte ends the stream, and what follows is not read", async () => {
	const path = join(folder, "ended.trapcap");
	const output = new TrapcapOutput({ path });
	await output.begin(AB);
	output.send(MANY[0]!, 0, MANY[0]!.length);
	await output.sendEndOfStream();
	output.send(MANY[1]!, 0, MANY[1]!.length);
	await output.flush();
	output.send(MANY[2]!, 0, MANY[2]!.length);
	await output.close();
	assert.deepEqual(await recordsOf(path), { records: hexes(MANY.slice(0, 1)), warnings: [], malformed: [] });
});

test("an oversized container is told, and what came before is given", async () => {
	const whole = readFileSync(await written("sized.trapcap", MANY.slice(0, 3)));
	const path = join(folder, "oversized.trapcap");
	writeFileSync(path, Buffer.concat([whole, Buffer.from("fffffff0", "hex"), Buffer.alloc(64)]));
	const { records, warnings } = await recordsOf(path);
	assert.deepEqual(records, hexes(MANY.slice(0, 3)));
	assert.match(warnings[0]!, /oversized\.trapcap: a container of 4294967280 bytes .*read up to there/);
});

test("a message that runs over its container's end is counted, the containers behind it are read", async () => {
	const whole = readFileSync(await written("over.trapcap", MANY.slice(0, 3)));
	const hello = whole.subarray(0, 8 + AB.text.length);
	const path = join(folder, "overrun.trapcap");
	const bad = Buffer.from("00000004ffff0102", "hex");
	writeFileSync(path, Buffer.concat([hello, bad, whole.subarray(hello.length)]));
	assert.deepEqual(await recordsOf(path), {
		records: hexes(MANY.slice(0, 3)),
		warnings: [],
		malformed: [["container: a message runs over its end", 1]],
	});
});

test("JSON, raw data and what is no trapcap are refused in one line", async () => {
	const path = join(folder, "json.trapcap");
	writeFileSync(path, Buffer.from("0300000000000004746578740000000500037b7d0a", "hex"));
	await assert.rejects(recordsOf(path), /json\.trapcap: carries JSON, not UniRec records/);
	writeFileSync(path, Buffer.from("0100000000000000", "hex"));
	await assert.rejects(recordsOf(path), /carries raw data/);
	writeFileSync(path, "GIF89a, and more of it");
	await assert.rejects(recordsOf(path), /no TRAP hello: data type 71 is not known/);
});

test("records that lack required fields are refused, naming all that they lack", async () => {
	const path = await written("lacking.trapcap", MANY.slice(0, 3));
	const flows = new FlowInput(new TrapcapInput(openByteSource(path)));
	await assert.rejects(
		flows[Symbol.asyncIterator]().next(),
		/lacking\.trapcap: the sender's records lack ipaddr DST_IP, .*PROTOCOL/,
	);
});

test("another template in mid-stream begins another file; nothing of the first is lost", async () => {
	const path = join(folder, "deep/er", "changed.trapcap");
	const output = new TrapcapOutput({ path });
	await output.begin(AB);
	output.send(MANY[0]!, 0, MANY[0]!.length);
	await output.begin(parseTemplate("string B,uint16 A"));
	output.send(MANY[1]!, 0, MANY[1]!.length);
	await output.close();
	assert.deepEqual(output.paths, [path, `${path}.00001`]);
	assert.deepEqual((await recordsOf(path)).records, hexes(MANY.slice(0, 1)));
	assert.deepEqual((await recordsOf(`${path}.00001`)).records, hexes(MANY.slice(1, 2)));
});

test("the corpus is written as the reference wrote it, byte for byte", {
	skip: needsShared("golden/detector/inputs/corpus.trapcap.gz"),
}, async () => {
	const source = sharedPath("golden/detector/inputs/corpus.trapcap.gz")!;
	const path = join(folder, "corpus.trapcap");
	const output = new TrapcapOutput({ path });
	let count = 0;
	for await (const { template, bytes, begins, ends, length } of new TrapcapInput(openByteSource(source))) {
		if (count === 0) await output.begin(template);
		for (let i = 0; i < length; i++) output.send(bytes, begins[i]!, ends[i]!);
		count += length;
	}
	await output.close();
	assert.equal(count, 200_000);
	assert.ok(readFileSync(path).equals(gunzipSync(readFileSync(source))));
});
