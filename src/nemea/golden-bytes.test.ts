import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createConnection, type NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { createCounters } from "../bytes/counters.ts";
import { CLIENT, createOutputSlots, OUTPUT } from "./interface-counters.ts";
import type { RecordOutput } from "./record-output.ts";
import { serviceReport } from "./service-report.ts";
import { encodeReply } from "./service-server.ts";
import { StreamReader } from "./stream-reader.ts";
import { parseTemplate } from "./template.ts";
import { createTrapSink, openTrapOutput } from "./trap-sink.ts";
import { openTrapInput, openTrapSource } from "./trap-source.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-golden-"));
after(() => rmSync(folder, { recursive: true }));

const skip = needsShared("golden/trap/ten.trapcap");
const golden = (name: string): Buffer => readFileSync(sharedPath(`golden/trap/${name}`)!);

/** Sends the records that a golden stream holds, as often as it holds them. */
async function resend(output: RecordOutput, name: string, framing: "plain" | "sequenced"): Promise<void> {
	const reader = new StreamReader(framing, createCounters());
	reader.push(golden(name));
	const { template, bytes, begins, ends, length } = reader.take()!;
	await output.begin(template);
	for (let i = 0; i < length; i++) await output.send(bytes, begins[i]!, ends[i]!);
}

/** What a receiver gets from connecting until the sender closes. */
async function received(specifier: string, connect: NetConnectOpts, send: (output: RecordOutput) => Promise<void>) {
	const output = await openTrapOutput(specifier, { socketDirectory: folder });
	await output.begin(
		parseTemplate(
			golden("ten.trapcap")
				.subarray(8, 8 + 314)
				.toString(),
		),
	);
	const chunks: Buffer[] = [];
	const socket = createConnection(connect);
	socket.on("data", (chunk) => chunks.push(chunk));
	const closed = new Promise((resolve) => socket.once("close", resolve));
	await send(output);
	await output.close();
	await closed;
	return Buffer.concat(chunks);
}

test("a file has the reference's bytes", { skip }, async () => {
	const path = join(folder, "ten.trapcap");
	const output = await openTrapOutput(path);
	await resend(output, "ten.trapcap", "plain");
	await output.close();
	assert.deepEqual(readFileSync(path), golden("ten.trapcap"));
});

test("a Unix socket carries the reference's bytes", { skip }, async () => {
	const bytes = await received("u:three", { path: join(folder, "trap-three.sock") }, (output) =>
		resend(output, "unix_3rec.bin", "sequenced"),
	);
	assert.deepEqual(bytes, golden("unix_3rec.bin"));
});

test("TCP carries the reference's bytes", { skip }, async () => {
	const bytes = await received("t:17621", { port: 17621 }, (output) => resend(output, "tcp_3rec.bin", "sequenced"));
	assert.deepEqual(bytes, golden("tcp_3rec.bin"));
});

test("without buffering every record is a container, numbered as the reference does", { skip }, async () => {
	const where = { path: join(folder, "trap-off.sock") };
	const bytes = await received("u:off:buffer=off", where, (output) =>
		resend(output, "unix_bufferoff_6rec.bin", "sequenced"),
	);
	assert.deepEqual(bytes, golden("unix_bufferoff_6rec.bin"));
});

test("an end of stream that was read from a file goes on as a message without bytes, as the repeater sends it", {
	skip,
}, async () => {
	const bytes = await received("u:eos", { path: join(folder, "trap-eos.sock") }, async (output) => {
		await resend(output, "unix_repeater_10rec_eos.bin", "sequenced");
		await output.send(new Uint8Array(0), 0, 0);
	});
	assert.deepEqual(bytes, golden("unix_repeater_10rec_eos.bin"));
});

test("an end of stream of ours is a message of one byte, 0, as C modules send it", { skip }, async () => {
	const bytes = await received("u:end", { path: join(folder, "trap-end.sock") }, (output) => output.sendEndOfStream());
	assert.equal(bytes.subarray(8 + 314).toString("hex"), "00000003000000000000000001000001" + "00");
});

test("who connects before the format is known gets the reference's empty hello, and is sent away", {
	skip,
}, async () => {
	const output = await openTrapOutput("u:unknown", { socketDirectory: folder });
	const chunks: Buffer[] = [];
	const socket = createConnection(join(folder, "trap-unknown.sock"));
	for await (const chunk of socket) chunks.push(chunk as Buffer);
	assert.deepEqual(Buffer.concat(chunks), golden("unix_unknown_fmt.bin"));
	await output.close();
});

test("the service reply has the reference's bytes", { skip }, () => {
	const counters = createOutputSlots(2);
	counters[OUTPUT.SENT] = 3;
	counters[OUTPUT.AUTOFLUSHES] = 1;
	const client = OUTPUT.FIRST_CLIENT + CLIENT.LENGTH;
	counters[client + CLIENT.IDENTITY] = 32270;
	counters[client + CLIENT.CONTAINERS] = 1;
	counters[client + CLIENT.MESSAGES] = 3;
	const report = serviceReport({ inputs: [], outputs: [{ type: "u", id: "capS", counters }] });
	assert.deepEqual(encodeReply(report), golden("service_reply.bin"));
});

test("real flows are sent with all their fields as they came", { skip }, async () => {
	const path = join(folder, "flows.trapcap");
	for (const name of [
		"ipfixprobe__mixed.pcap",
		"ipfixprobe__tls.pcap",
		"ipfixprobe__vlan.pcap",
		"ndpi__alexa-app.pcapng",
	]) {
		const source = sharedPath(`golden/trap/flows/${name}.trapcap.gz`)!;
		const came = await recordsIn(source);
		const sink = await createTrapSink(path, { template: came.template });
		for await (const flows of openTrapSource(source)) await sink.write(flows);
		await sink.close();
		assert.deepEqual(await recordsIn(path), came, name);
	}
});

async function recordsIn(path: string): Promise<{ template: string; records: string[] }> {
	const records: string[] = [];
	let template = "";
	for await (const batch of openTrapInput(path)) {
		template = batch.template.text;
		for (let i = 0; i < batch.length; i++) {
			records.push(Buffer.from(batch.bytes.subarray(batch.begins[i], batch.ends[i])).toString("hex"));
		}
	}
	return { template, records };
}
