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
import { openIpfixSource } from "./ipfix-source.ts";
import { isIpfix } from "./message-framing.ts";
import { type PlainRecord, readPlainRecords } from "./plain-records.ts";

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
