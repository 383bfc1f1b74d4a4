import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { totalMalformed } from "../bytes/counters.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { readPlainRecords } from "./flow-decoder.oracle.testing.ts";
import { openIpfixSource } from "./ipfix-source.ts";
import { MAX_MESSAGE, MessageEncoder } from "./message-encoder.ts";

function encode(flows: readonly Flow[], messageLength = 1458): Uint8Array[] {
	const messages: Uint8Array[] = [];
	const encoder = new MessageEncoder(messageLength, MAX_MESSAGE, (message) => messages.push(message.slice()));
	for (const flow of flows) encoder.add(columnsOfFlows([flow]), undefined, 1_700_000_000);
	encoder.flush(1_700_000_000);
	return messages;
}

async function decode(chunks: readonly Uint8Array[]): Promise<Flow[]> {
	const source = openIpfixSource(byteSourceOf("flows.ipfix", Readable.from(chunks)));
	const flows: Flow[] = [];
	for await (const batch of source) for (let i = 0; i < batch.length; i++) flows.push(flowAt(batch, i));
	assert.equal(totalMalformed(source.counters), 0);
	assert.deepEqual(source.counters.warnings, []);
	return flows;
}

/** The flow after export and collection: packet times in whole milliseconds, and the columns that IPFIX fills. */
function sent(flow: Flow): Flow {
	const columns = columnsOfFlows([flow]);
	return {
		...flowAt(columns, 0),
		packetTimes: flow.packetTimes.map((time) => Math.floor(time / 1000) * 1000),
		// A uniflow without directions has one direction: forward.
		packetDirections:
			flow.packetDirections.length === 0 && flow.packetsReverse === 0
				? flow.packetLengths.map(() => 1)
				: flow.packetDirections,
		alpn: flow.alpn ?? "",
		quicServerName: flow.quicServerName ?? "",
		ja3: flow.ja3 ?? "",
		ja4: flow.ja4 ?? "",
		vlan: flow.vlan ?? 0,
	};
}

const withExtras = fc
	.tuple(
		arbitraryFlow(),
		fc.record(
			{
				alpn: fc.constantFrom("", "h2,http/1.1"),
				ja3: fc.constantFrom("", "9a7b51089c089491dbc4879218db549c"),
				ja4: fc.constantFrom("", "t12d1612h1_94fc43e2fc61_c9eaec7dbab4"),
				vlan: fc.nat(4095),
			},
			{ requiredKeys: [], noNullPrototype: true },
		),
	)
	.map(([flow, extras]): Flow => ({ ...flow, ...extras }));

test("exported flows are collected unchanged, with any columns and any division of the stream", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(withExtras, { minLength: 1, maxLength: 6 }),
			fc.integer({ min: 1, max: 600 }),
			async (flows, size) => {
				const bytes = Buffer.concat(encode(flows));
				const chunks: Uint8Array[] = [];
				for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
				assert.deepEqual(await decode(chunks), flows.map(sent));
			},
		),
		{ numRuns: 200 },
	);
});

test("the oracle reads the same records from our messages", () => {
	const [flow] = fc.sample(arbitraryFlow(), { numRuns: 1, seed: 7 });
	const [record] = readPlainRecords(Buffer.concat(encode([flow!])));
	assert.equal(record!.BYTES, flow!.bytes);
	assert.equal(record!.TIME_FIRST, flow!.timeFirst);
	assert.deepEqual(record!.PPI_PKT_LENGTHS, flow!.packetLengths);
	assert.equal(record!.IDP_CONTENT, Buffer.from(flow!.payload).toString("hex"));
});

test("messages keep their length if records allow it, and a flow that no message can hold is counted", () => {
	const flows = fc.sample(arbitraryFlow(), { numRuns: 50, seed: 8 });
	for (const message of encode(flows, 1458)) assert.ok(message.length <= 1458);
	const encoder = new MessageEncoder(1458, MAX_MESSAGE, () => {});
	encoder.add(columnsOfFlows([{ ...flows[0]!, payload: new Uint8Array(66_000) }]), undefined, 0);
	assert.equal(encoder.tooLong, 1);
});
