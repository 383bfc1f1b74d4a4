import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type ByteSource, byteSourceOf, openByteSource } from "./byte-source.ts";
import { DeCryptoError } from "./error.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-bytes-"));
after(() => rmSync(folder, { recursive: true }));
const content = Buffer.from("flows ".repeat(500_000));

function file(name: string, bytes: Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, bytes);
	return path;
}

async function readAll(source: ByteSource): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of source) chunks.push(chunk);
	return Buffer.concat(chunks);
}

for (const [kind, bytes] of [
	["plain", content],
	["gzip", gzipSync(content)],
	["gzip in two members", Buffer.concat([gzipSync(content.subarray(0, 999)), gzipSync(content.subarray(999))])],
	["zstd", zstdCompressSync(content)],
] as const) {
	test(`${kind} content is read whole under any file name, and peeking consumes nothing`, async () => {
		const source = openByteSource(file("misnamed.txt", bytes));
		assert.deepEqual(Buffer.from(await source.peek(5)), content.subarray(0, 5));
		assert.ok((await readAll(source)).equals(content));
		assert.equal(source.counters.bytesRead, bytes.length);
		assert.equal(source.counters.bytesTotal, bytes.length);
	});
}

for (const [kind, bytes] of [
	["a plain file", content],
	["a compressed one", gzipSync(content)],
] as const) {
	test(`${kind} can be read into the reader's own memory, peeked or not`, async () => {
		const source = openByteSource(file("own-memory", bytes));
		await source.peek(5);
		const into = new Uint8Array(70_001);
		const parts: Uint8Array[] = [];
		for (let count = await source.read(into); count > 0; count = await source.read(into)) {
			parts.push(into.slice(0, count));
		}
		assert.ok(Buffer.concat(parts).equals(content));
		assert.equal(source.counters.bytesRead, bytes.length);
		source.close();
	});
}

test("a truncated compressed file is read up to the cut, with a warning", async () => {
	const whole = gzipSync(Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 24)));
	const source = openByteSource(file("cut.gz", whole.subarray(0, whole.length >> 1)));
	assert.ok((await readAll(source)).length > 0);
	assert.match(source.counters.warnings[0]!, /cut short/);
});

test("an empty file has no bytes", async () => {
	const source = openByteSource(file("empty", new Uint8Array(0)));
	assert.equal((await source.peek(4)).length, 0);
	assert.equal((await readAll(source)).length, 0);
});

test("a missing file and a directory are reported in the user's words", () => {
	assert.throws(
		() => openByteSource(join(folder, "nowhere")),
		(error) => error instanceof DeCryptoError && /nowhere: no such file/.test(error.message),
	);
	assert.throws(() => openByteSource(folder), /is a directory/);
});

test("a stream that arrives byte by byte has the same content", async () => {
	const source = byteSourceOf(
		"dribble",
		Readable.from(Array.from(gzipSync(Buffer.from("slow")), (byte) => Uint8Array.of(byte))),
	);
	assert.equal((await readAll(source)).toString(), "slow");
});

test("a read without a peek returns the first bytes, too", async () => {
	const source = openByteSource(file("unpeeked", content));
	const into = Buffer.alloc(content.length);
	let used = 0;
	for (let count = -1; count !== 0; used += count) count = await source.read(into.subarray(used));
	source.close();
	assert.equal(used, content.length);
	assert.ok(into.equals(content));
});

test("reads of a file yield to the event loop, and a closed source returns no more bytes", async () => {
	const source = openByteSource(file("long", Buffer.alloc(5 << 20)));
	const into = new Uint8Array(1 << 16);
	let turns = 0;
	let next = setImmediate(function turn() {
		turns++;
		next = setImmediate(turn);
	});
	// The first MiB was read at once, to detect compression.
	while ((await source.read(into)) > 0);
	clearImmediate(next);
	assert.ok(turns >= 4, `${turns} turns`);
	source.close();
	assert.equal(await source.read(into), 0);
});
