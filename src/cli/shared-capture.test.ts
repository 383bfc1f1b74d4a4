import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { rowOf } from "../meter/testing.ts";
import { openInput } from "./open-input.ts";
import { canBeShared, openShared } from "./shared-capture.ts";
import { SourceThread } from "./threaded-source.ts";

const name = fileURLToPath(new URL("../../samples/bitcoin-stratum.pcap", import.meta.url));
const options = { metering: { payloadBytes: 512, handshakes: true, vlan: true }, payloadFor: "mining" } as const;

async function rowsOf(source: AsyncIterable<FlowColumns>): Promise<string[]> {
	const rows: string[] = [];
	for await (const flows of source) {
		assert.equal(flows.firstIndex, rows.length);
		for (let i = 0; i < flows.length; i++) rows.push(rowOf(flows, i));
	}
	return rows;
}

describe("a capture that two threads share", () => {
	test("has the flows that one has, and its counters", async () => {
		await using thread = new SourceThread();
		const shared = (await openShared((...asked) => thread.open(...asked), { name }, options))!;
		const here = (await openInput({ name }, options, () => false))!;
		assert.deepEqual((await rowsOf(shared.source)).sort(), (await rowsOf(here.source)).sort());
		assert.deepEqual(shared.source.counters, here.source.counters);
	});

	test("can be left before its end, and the thread goes on with another", async () => {
		await using thread = new SourceThread();
		const left = (await openShared((...asked) => thread.open(...asked), { name }, options))!;
		for await (const flows of left.source) {
			assert.ok(flows.length > 0);
			break;
		}
		await left.source[Symbol.asyncDispose]();
		const next = (await thread.open({ name }, options))!;
		assert.ok((await rowsOf(next.source)).length > 0);
	});

	test("is a large file: small ones, others and none are read by one", () => {
		for (const other of [name, import.meta.filename, "nowhere", import.meta.dirname]) {
			assert.equal(canBeShared({ name: other }, options), false);
		}
	});
});
