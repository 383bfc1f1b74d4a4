import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { Readable } from "node:stream";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { filterCapture, openLiveCapture } from "./live-capture.ts";

const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;
const needsTcpdump = hasTcpdump ? false : "needs tcpdump";
const needsRights = !hasTcpdump || process.getuid?.() !== 0 ? "needs tcpdump and the right to capture" : false;

/** A classic capture of raw IPv4 packets (LINKTYPE 101): UDP to the given ports, a byte of payload each. */
function captureOf(ports: readonly number[]): Buffer {
	const header = Buffer.alloc(24);
	header.writeUInt32LE(0xa1b2c3d4, 0);
	header.writeUInt16LE(2, 4);
	header.writeUInt16LE(4, 6);
	header.writeUInt32LE(65535, 16);
	header.writeUInt32LE(101, 20);
	const packets = ports.map((port) => {
		const record = Buffer.alloc(16 + 29);
		record.writeUInt32LE(29, 8);
		record.writeUInt32LE(29, 12);
		record.set([0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1], 16);
		record.writeUInt16BE(port, 16 + 22);
		record.writeUInt16BE(9, 16 + 24);
		return record;
	});
	return Buffer.concat([header, ...packets]);
}

async function read(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of source) chunks.push(chunk);
	return Buffer.concat(chunks);
}

test("a BPF expression filters a capture from any source", { skip: needsTcpdump }, async () => {
	const source = byteSourceOf("a.pcap", Readable.from([captureOf([53, 3333, 53])]));
	assert.equal((await read(await filterCapture(source, "udp dst port 3333"))).length, 24 + 45);
});

test("an invalid expression is a usage error that quotes the tool", { skip: needsTcpdump }, async () => {
	const source = byteSourceOf("a.pcap", Readable.from([captureOf([53])]));
	await assert.rejects(
		async () => read(await filterCapture(source, "port and host")),
		/^UsageError: a\.pcap: the filter is not valid: /,
	);
});

test("packets on an interface arrive while they pass, until a stop is requested", {
	skip: needsRights,
	timeout: 20_000,
}, async () => {
	const live = await openLiveCapture("lo", { filter: "udp dst port 47999" });
	const socket = createSocket("udp4");
	const sending = setInterval(() => socket.send("decrypto", 47999, "127.0.0.1"), 50);
	let bytes = 0;
	for await (const chunk of live) {
		bytes += chunk.length;
		if (bytes > 24) live.stop();
	}
	clearInterval(sending);
	socket.close();
	assert.ok(bytes > 24 + 16 + 42);
	assert.deepEqual(live.counters.warnings, []);
});

test("a missing interface is one line", { skip: needsRights, timeout: 20_000 }, async () => {
	const live = await openLiveCapture("nowhere0");
	await assert.rejects(live.peek(24), /^DeCryptoError: live:nowhere0: .*(No such device|doesn't exist)/);
	await sleep(0);
});
