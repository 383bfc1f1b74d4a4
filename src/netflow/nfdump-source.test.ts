import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { byteSourceOf, openByteSource } from "../bytes/byte-source.ts";
import { decompressLz4 } from "../bytes/lz4-block.ts";
import { decompressLzo } from "../bytes/lzo-block.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { openNfdumpSource } from "./nfdump-source.ts";

const CAPTURE = fileURLToPath(new URL("../../samples/bitcoin-stratum.pcap", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "decrypto-nfdump-"));
after(() => rmSync(directory, { recursive: true }));

async function flowsOf(source: FlowSource): Promise<Flow[]> {
	const flows: Flow[] = [];
	for await (const batch of source) for (let i = 0; i < batch.length; i++) flows.push(flowAt(batch, i));
	return flows;
}

const open = (bytes: Uint8Array) => openNfdumpSource(byteSourceOf("file", Readable.from([Buffer.from(bytes)])));

/** A flow record of layout 2 (nfdump 1.7, `nfxV3.h`): IPv6 or IPv4, and counts of both directions. */
function record({ isSix = false, port = 5, withAnswer = true } = {}): Buffer {
	const addresses = Buffer.alloc(isSix ? 36 : 12);
	addresses.writeUInt16LE(isSix ? 3 : 2, 0);
	addresses.writeUInt16LE(addresses.length, 2);
	if (isSix) {
		addresses.writeBigUInt64LE(0x20010db800000000n, 4);
		addresses.writeBigUInt64LE(1n, 12);
		addresses.writeBigUInt64LE(0x20010db800000000n, 20);
		addresses.writeBigUInt64LE(2n, 28);
	} else {
		addresses.writeUInt32LE(0xc0000207, 4);
		addresses.writeUInt32LE(0xc6336409, 8);
	}
	const generic = Buffer.alloc(52);
	generic.writeUInt16LE(1, 0);
	generic.writeUInt16LE(52, 2);
	generic.writeBigUInt64LE(1_735_689_600_123n, 4);
	generic.writeBigUInt64LE(1_735_689_610_456n, 12);
	generic.writeBigUInt64LE(10n, 28);
	generic.writeBigUInt64LE(1000n, 36);
	generic.writeUInt16LE(port, 44);
	generic.writeUInt16LE(3333, 46);
	generic[48] = 6;
	generic[49] = 0x1b;
	const counters = Buffer.alloc(28);
	counters.writeUInt16LE(5, 0);
	counters.writeUInt16LE(28, 2);
	counters.writeBigUInt64LE(12n, 12);
	counters.writeBigUInt64LE(2000n, 20);
	const elements = Buffer.concat([addresses, generic, ...(withAnswer ? [counters] : [])]);
	const header = Buffer.alloc(12);
	header.writeUInt16LE(11, 0);
	header.writeUInt16LE(12 + elements.length, 2);
	header.writeUInt16LE(withAnswer ? 3 : 2, 4);
	return Buffer.concat([header, elements]);
}

interface Layout {
	readonly compression?: number;
	readonly version?: number;
	readonly encryption?: number;
	readonly flags?: number;
}

function file(
	blocks: readonly Buffer[],
	{ compression = 0, version = 2, encryption = 0, flags = 0 }: Layout = {},
): Buffer {
	const header = Buffer.alloc(40);
	header.writeUInt16LE(0xa50c, 0);
	header.writeUInt16LE(version, 2);
	header[16] = compression;
	header[17] = encryption;
	header.writeUInt32LE(blocks.length, 36);
	const parts = blocks.map((block) => {
		const head = Buffer.alloc(12);
		head.writeUInt32LE(block.length, 4);
		head.writeUInt16LE(3, 8);
		head.writeUInt16LE(flags, 10);
		return Buffer.concat([head, block]);
	});
	return Buffer.concat([header, ...parts]);
}

describe("files of nfdump", { timeout: 60_000 }, () => {
	it("give flows with both directions, of both versions of IP", async () => {
		const source = open(file([Buffer.concat([record(), record({ isSix: true })])]));
		const [four, six] = await flowsOf(source);
		assert.deepEqual([four!.sourceAddress, four!.destinationAddress], ["192.0.2.7", "198.51.100.9"]);
		assert.deepEqual([six!.sourceAddress, six!.destinationAddress], ["2001:db8::1", "2001:db8::2"]);
		assert.deepEqual([four!.sourcePort, four!.destinationPort, four!.protocol, four!.tcpFlags], [5, 3333, 6, 0x1b]);
		assert.deepEqual([four!.packets, four!.bytes, four!.packetsReverse, four!.bytesReverse], [10, 1000, 12, 2000]);
		assert.deepEqual([four!.timeFirst, four!.timeLast], [1_735_689_600_123_000, 1_735_689_610_456_000]);
		assert.equal(source.counters.flows, 2);
	});
	it("are read where blocks are compressed with zstd, and where single ones are not", async () => {
		const blocks = [zstdCompressSync(record()), zstdCompressSync(record({ port: 6 }))];
		const flows = await flowsOf(open(file(blocks, { compression: 4 })));
		assert.deepEqual(
			flows.map(({ sourcePort }) => sourcePort),
			[5, 6],
		);
		assert.equal((await flowsOf(open(file([record()], { compression: 3, flags: 1 })))).length, 1);
	});
	it("of other layouts and compressions are refused with the way out", async () => {
		await assert.rejects(flowsOf(open(file([], { version: 1 }))), /layout 1 .* nfdump -r OLD -w NEW/);
		await assert.rejects(flowsOf(open(file([], { compression: 2 }))), /bzip2 is not read; write it anew/);
		await assert.rejects(flowsOf(open(file([], { encryption: 1 }))), /encrypted/);
	});
	it("that are damaged or cut give what can be read, and no bytes make reading fail", async () => {
		const whole = file([record(), record({ port: 6 })]);
		const cut = open(whole.subarray(0, whole.length - 1));
		assert.equal((await flowsOf(cut)).length, 1);
		assert.match(cut.counters.warnings[0]!, /cut within a block/);
		const bomb = open(file([zstdCompressSync(Buffer.alloc(64 << 20)), zstdCompressSync(record())], { compression: 4 }));
		assert.equal((await flowsOf(bomb)).length, 1);
		assert.equal(bomb.counters.malformed.get("nfdump: block damaged"), 1);
		const damaged = fc.tuple(fc.nat(whole.length - 37), fc.nat(255), fc.constantFrom(0, 1, 3, 4));
		await fc.assert(
			fc.asyncProperty(damaged, async ([at, value, compression]) => {
				const bytes = Buffer.from(whole);
				bytes[16] = compression;
				bytes[36 + at] = value;
				await flowsOf(open(bytes));
			}),
			{ numRuns: 50 },
		);
	});
	for (const [name, option] of [
		["without compression", []],
		["LZO", ["-z"]],
		["LZ4", ["-y"]],
	] as const)
		it(`of nfcapd, ${name}, have what softflowd exported, and nfdump reads the same`, async (t) => {
			const flows = join(directory, name.replaceAll(" ", "-"));
			const made = await captured(flows, option);
			if (!made) return t.skip("nfcapd or softflowd is not installed");
			const path = join(flows, readdirSync(flows)[0]!);
			const source = openNfdumpSource(openByteSource(path));
			const read = await flowsOf(source);
			const sum = (of: (flow: Flow) => number) => read.reduce((total, flow) => total + of(flow), 0);
			const summary = spawnSync("nfdump", ["-r", path, "-I"], { encoding: "utf8" }).stdout;
			assert.equal(
				sum(({ packets, packetsReverse }) => packets + packetsReverse),
				Number(/^Packets: (\d+)/m.exec(summary)![1]),
			);
			assert.equal(
				sum(({ bytes, bytesReverse }) => bytes + bytesReverse),
				Number(/^Bytes: (\d+)/m.exec(summary)![1]),
			);
			assert.ok(
				read.length > 0 && read.every(({ packetsReverse }) => packetsReverse > 0),
				"both directions are paired",
			);
			assert.equal(source.counters.malformed.size, 0);
		});
});

async function captured(directory: string, options: readonly string[]): Promise<boolean> {
	const port = await freePort();
	spawnSync("mkdir", ["-p", directory]);
	const collector = spawn("nfcapd", ["-p", String(port), "-b", "127.0.0.1", "-w", directory, "-t", "60", ...options], {
		stdio: "ignore",
	});
	const failed = once(collector, "error").then(() => true);
	const isAbsent = await Promise.race([failed, sleep(1500, false)]);
	if (isAbsent) return false;
	const exporter = spawnSync("softflowd", ["-r", CAPTURE, "-n", `127.0.0.1:${port}`, "-v", "9", "-d"]);
	await sleep(700);
	const exit = once(collector, "exit");
	collector.kill("SIGTERM");
	await exit;
	return exporter.error === undefined;
}

async function freePort(): Promise<number> {
	const socket = createSocket("udp4").bind(0, "127.0.0.1");
	await once(socket, "listening");
	const { port } = socket.address();
	socket.close();
	return port;
}

describe("blocks of LZ4 and LZO", () => {
	it("never write beyond their bound, whatever bytes they are", () => {
		for (const [decompress, code] of [
			[decompressLz4, "lz4"],
			[decompressLzo, "lzo"],
		] as const) {
			fc.assert(
				fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
					try {
						assert.ok(decompress(bytes, new Uint8Array(1000)) <= 1000);
					} catch (error) {
						assert.equal((error as { code?: string }).code, code);
					}
				}),
				{ numRuns: 2000 },
			);
		}
	});
	it("repeat what a match reaches into", () => {
		const into = new Uint8Array(100);
		const lz4 = Uint8Array.of(0x1f, 0x61, 1, 0, 5, 0x10, 0x62);
		assert.equal(Buffer.from(into.subarray(0, decompressLz4(lz4, into))).toString(), `a${"a".repeat(24)}b`);
		const lzo = Uint8Array.of(18, 0x61, 0x20 | 10, 0, 0, 0x11, 0, 0);
		assert.equal(Buffer.from(into.subarray(0, decompressLzo(lzo, into))).toString(), `a${"a".repeat(12)}`);
	});
});
