import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { openByteSource } from "../bytes/byte-source.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { mergeShards } from "./merge-shards.ts";
import { meterCapture } from "./meter-capture.ts";
import { rowOf } from "./testing.ts";

const OPTIONS = { payloadBytes: 512, handshakes: true, vlan: true, maximumFlows: 1 << 14 };

const whole = (path: string) => meterCapture(openByteSource(path), OPTIONS);
const shared = (path: string) =>
	mergeShards(
		meterCapture(openByteSource(path), { ...OPTIONS, shard: { begin: 0, end: 0.4 } }),
		meterCapture(openByteSource(path), { ...OPTIONS, shard: { begin: 0.4, end: 1 } }),
	);

async function rowsOf(source: FlowSource): Promise<string[]> {
	const rows: string[] = [];
	for await (const flows of source) {
		assert.equal(flows.firstIndex, rows.length);
		for (let i = 0; i < flows.length; i++) rows.push(rowOf(flows, i));
	}
	return rows;
}

for (const folder of ["golden/meter/edge", "data/captures/ipfixprobe", "data/captures/ndpi"]) {
	test(`two meters side by side make the flows of one: ${folder}`, { skip: needsShared(folder) }, async () => {
		const differing: string[] = [];
		for (const name of readdirSync(sharedPath(folder)!)) {
			if (!/\.(pcap|cap|pcapng)(\.gz)?$/.test(name)) continue;
			const path = sharedPath(`${folder}/${name}`)!;
			const [one, two] = [whole(path), shared(path)];
			const [rowsOfOne, rowsOfTwo] = [await rowsOf(one), await rowsOf(two)];
			if (rowsOfOne.sort().join("\n") !== rowsOfTwo.sort().join("\n")) differing.push(name);
			assert.deepEqual(two.counters, one.counters, name);
		}
		assert.deepEqual(differing, []);
	});
}
