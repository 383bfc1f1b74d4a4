import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openByteSource } from "../bytes/byte-source.ts";
import { flowAt } from "../flow/flow.ts";
import { meterCapture } from "./meter-capture.ts";

interface Manifest {
	readonly captures: readonly {
		readonly file: string;
		readonly packets: number;
		readonly conversations: readonly { readonly client: string; readonly server: string }[];
	}[];
}

const samples = fileURLToPath(new URL("../../samples", import.meta.url));
const manifest = JSON.parse(readFileSync(`${samples}/manifest.json`, "utf8")) as Manifest;

for (const { file, packets, conversations } of manifest.captures) {
	test(`${file}: every conversation of the sample is a flow, nothing is skipped`, async () => {
		assert.ok(existsSync(`${samples}/${file}`));
		const source = meterCapture(openByteSource(`${samples}/${file}`), { payloadBytes: 512, handshakes: true });
		const ends = new Set<string>();
		let metered = 0;
		for await (const flows of source) {
			for (let i = 0; i < flows.length; i++) {
				const flow = flowAt(flows, i);
				const source = endText(flow.sourceAddress, flow.sourcePort);
				const destination = endText(flow.destinationAddress, flow.destinationPort);
				ends.add(`${source} ${destination}`).add(`${destination} ${source}`);
				metered += flow.packets + flow.packetsReverse;
			}
		}
		for (const { client, server } of conversations) assert.ok(ends.has(`${client} ${server}`), `${client} ${server}`);
		assert.equal(source.counters.packets, packets);
		assert.equal(metered, packets);
		assert.deepEqual(source.counters.warnings, []);
		assert.deepEqual([...source.counters.malformed], []);
	});
}

function endText(address: string, port: number): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
