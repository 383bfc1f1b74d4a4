import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { totalMalformed } from "../bytes/counters.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { type PlainRecord, readPlainRecords } from "./flow-decoder.oracle.testing.ts";
import { message, SMALL_FLOW, set, smallFlow, template, u16, u32 } from "./ipfix-message.testing.ts";
import { openIpfixSource } from "./ipfix-source.ts";
import { isIpfix } from "./message-framing.ts";

const sourceOf = (...chunks: Uint8Array[]) => openIpfixSource(byteSourceOf("flows.ipfix", Readable.from(chunks)));

async function flowsOf(source: FlowSource): Promise<Flow[]> {
	const flows: Flow[] = [];
	for await (const batch of source) for (let i = 0; i < batch.length; i++) flows.push(flowAt(batch, i));
	return flows;
}

function expectedFlow(record: PlainRecord): Flow {
	const text = (name: string) => (record[name] as string | undefined) ?? "";
	const number = (name: string) => record[name] as number;
	const list = (name: string) => (record[name] as number[] | undefined) ?? [];
	return {
		sourceAddress: text("SRC_IP"),
		destinationAddress: text("DST_IP"),
		sourcePort: number("SRC_PORT"),
		destinationPort: number("DST_PORT"),
		protocol: number("PROTOCOL"),
		bytes: number("BYTES"),
		bytesReverse: number("BYTES_REV"),
		packets: number("PACKETS"),
		packetsReverse: number("PACKETS_REV"),
		tcpFlags: number("TCP_FLAGS"),
		tcpFlagsReverse: number("TCP_FLAGS_REV"),
		timeFirst: number("TIME_FIRST"),
		timeLast: number("TIME_LAST"),
		packetLengths: list("PPI_PKT_LENGTHS"),
		packetDirections: list("PPI_PKT_DIRECTIONS"),
		packetFlags: list("PPI_PKT_FLAGS"),
		packetTimes: list("PPI_PKT_TIMES").map((milliseconds) => milliseconds * 1000),
		payload: Uint8Array.from(Buffer.from(text("IDP_CONTENT"), "hex")),
		payloadReverse: Uint8Array.from(Buffer.from(text("IDP_CONTENT_REV"), "hex")),
		serverName: text("TLS_SNI"),
		alpn: text("TLS_ALPN"),
		quicServerName: "",
		ja3: text("TLS_JA3"),
		ja4: text("TLS_JA4"),
		vlan: 0,
	};
}

test("every stream of the reference exporter decodes to exactly the records in it", {
	skip: needsShared("golden/ipfix"),
}, async () => {
	const folder = sharedPath("golden/ipfix")!;
	let compared = 0;
	for (const name of readdirSync(folder).filter((name) => name.endsWith(".ipfix"))) {
		const bytes = readFileSync(`${folder}/${name}`);
		const lines = gunzipSync(readFileSync(`${folder}/${name}.flows.jsonl.gz`))
			.toString()
			.trim()
			.split("\n");
		const records: PlainRecord[] = lines.map((line) => JSON.parse(line));
		assert.deepEqual(readPlainRecords(bytes), records, name);
		const source = sourceOf(bytes);
		assert.deepEqual(await flowsOf(source), records.map(expectedFlow), name);
		assert.equal(totalMalformed(source.counters), 0);
		assert.deepEqual(source.counters.warnings, []);
		assert.ok(isIpfix(bytes.subarray(0, 24)));
		compared += records.length;
	}
	assert.equal(compared, 771);
});

test("a truncated file is read up to the cut, with a warning", async () => {
	const whole = message([set(2, template(256, SMALL_FLOW)), set(256, smallFlow(7))]);
	const source = sourceOf(whole, whole.subarray(0, 30));
	assert.deepEqual(
		(await flowsOf(source)).map(({ sourcePort }) => sourcePort),
		[7],
	);
	assert.deepEqual(source.counters.warnings, ["flows.ipfix: cut within message 2; read up to there"]);
});

test("bytes that are not a message end the file; earlier messages are kept", async () => {
	const source = sourceOf(
		message([set(2, template(256, SMALL_FLOW)), set(256, smallFlow(7))]),
		Buffer.from("something else"),
	);
	assert.equal((await flowsOf(source)).length, 1);
	assert.deepEqual(source.counters.warnings, [
		"flows.ipfix: after message 1: version 29551 is not IPFIX's; read up to there",
	]);
});

test("NetFlow is recognised, and refused with the reason", async () => {
	const v9 = Buffer.from([...u16(9), ...u16(1), ...Array(16).fill(1), ...u16(0), ...u16(8), ...u32(0)]);
	const v5 = Buffer.from([...u16(5), ...u16(2), ...Array(120).fill(0)]);
	for (const file of [v9, v5]) {
		assert.ok(isIpfix(file));
		await assert.rejects(flowsOf(sourceOf(file)), /flows\.ipfix: NetFlow v[59] is read at netflow\+udp:/);
	}
	assert.equal(isIpfix(Buffer.from("BYTES,PACKETS and other names of columns")), false);
	assert.equal(isIpfix(new Uint8Array(64)), false);
});

test("records missing between messages are reported per observation domain", async () => {
	const templates = set(2, template(256, SMALL_FLOW));
	const source = sourceOf(
		message([templates, set(256, smallFlow(1))]),
		message([set(256, smallFlow(2))], { sequence: 4 }),
	);
	assert.equal((await flowsOf(source)).length, 2);
	assert.deepEqual(source.counters.warnings, ["flows.ipfix: observation domain 1: 3 records are missing"]);
});
