import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import { createTrapSink, openTrapSource } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-examples-"));
after(() => rmSync(folder, { recursive: true }));

const INDEX = new URL("./index.ts", import.meta.url).href;

/** Runs an example of docs/nemea-api.md with the sources in place of the published package. */
function run(name: string, ...args: string[]): string {
	const text = readFileSync(new URL(`../../docs/examples/${name}`, import.meta.url), "utf8");
	const page = readFileSync(new URL("../../docs/nemea-api.md", import.meta.url), "utf8");
	assert.ok(page.includes(text), `docs/nemea-api.md does not show ${name} as it is`);
	const file = join(folder, name);
	writeFileSync(file, text.replace('"decrypto/nemea"', JSON.stringify(INDEX)));
	writeFileSync(join(folder, "package.json"), '{"type":"module"}');
	return execFileSync(process.execPath, [file, ...args], { encoding: "utf8" });
}

const flow: Flow = {
	sourceAddress: "10.0.0.1",
	destinationAddress: "192.0.2.1",
	sourcePort: 40000,
	destinationPort: 3333,
	protocol: 6,
	bytes: 5000,
	bytesReverse: 9000,
	packets: 20,
	packetsReverse: 22,
	tcpFlags: 27,
	tcpFlagsReverse: 27,
	timeFirst: 1.7e15,
	timeLast: 1.7e15 + 1e6,
	packetLengths: [60],
	packetDirections: [1],
	packetFlags: [24],
	packetTimes: [1.7e15],
	payload: new Uint8Array(0),
	payloadReverse: new Uint8Array(0),
	serverName: "",
};

async function trapcap(name: string, flows: readonly Flow[]): Promise<string> {
	const path = join(folder, name);
	const sink = await createTrapSink(path);
	await sink.write(columnsOfFlows(flows));
	await sink.close();
	return path;
}

test("the example that reads flows runs as the page shows it", async () => {
	const path = await trapcap("read.trapcap", [flow, { ...flow, destinationPort: 443 }, flow]);
	assert.equal(run("read-flows.ts", `f:${path}`), "2 of 3 flows\n");
});

test("the example that sends flows runs as the page shows it", async () => {
	const path = await trapcap("all.trapcap", [flow, { ...flow, packets: 5000, bytes: 7 }, flow]);
	run("send-flows.ts", path, join(folder, "long.trapcap"));
	const bytes: number[] = [];
	for await (const batch of openTrapSource(join(folder, "long.trapcap"))) {
		for (let i = 0; i < batch.length; i++) bytes.push(batch.bytes[i]!);
	}
	assert.deepEqual(bytes, [7]);
});
