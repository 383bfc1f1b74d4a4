import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { sharedPath } from "../lab/shared-data.ts";
import { columnsOfFlows } from "../src/flow/columns-of-flows.ts";
import type { Flow } from "../src/flow/flow.ts";
import type { FlowSource } from "../src/flow/flow-source.ts";
import { METER_FIELDS } from "../src/flow/unirec-fields.ts";
import { ContainerWriter } from "../src/nemea/container-writer.ts";
import { CONTAINER_LENGTH_MAX } from "../src/nemea/framing.ts";
import { encodeHello } from "../src/nemea/hello.ts";
import {
	createTrapSink,
	openTrapInput,
	openTrapOutput,
	openTrapSource,
	parseTemplate,
	RecordEncoder,
	type Template,
	templateOf,
} from "../src/nemea/index.ts";

/**
 * UniRec records to columns: from a trapcap file, over a Unix socket; and columns and records out again. The records are
 * the reference corpus (200,000 flows of 295 bytes, 11 packets) where it is there, else made of the same size.
 * Per second of wall time, and per second of this thread's processor time, which busy neighbours do not disturb.
 */
/** Seconds since {@link restart}, until {@link stop} if it was called. */
const clock = {
	wall: 0,
	processor: 0,
	begun: 0,
	usage: process.threadCpuUsage(),
	running: false,
	restart() {
		this.running = true;
		this.begun = performance.now();
		this.usage = process.threadCpuUsage();
	},
	stop() {
		if (!this.running) return;
		this.running = false;
		const { user, system } = process.threadCpuUsage(this.usage);
		this.wall = (performance.now() - this.begun) / 1000;
		this.processor = (user + system) / 1e6;
	},
};
const REPETITIONS = 5;
const ROUNDS = 5;
const folder = mkdtempSync(join(tmpdir(), "decrypto-bench-"));
const data = new URL("./.data/", import.meta.url);
mkdirSync(data, { recursive: true });

const { template, records, source } = await corpus();
const path = join(data.pathname, "nemea.trapcap");
await writeFile();

const total = records.length * REPETITIONS;
console.log(`${total.toLocaleString("en")} records of ${source}, best of ${ROUNDS}`);
await measure("trapcap file to columns", () => drain(openTrapSource(path)));
await measure("Unix socket to columns", overSocket);
await measure("trapcap file to trapcap file, records copied", async () => {
	const sink = await createTrapSink(join(folder, "copy.trapcap"), { template: template.text });
	for await (const flows of openTrapSource(path)) await sink.write(flows);
	await sink.close();
});
await measure("trapcap file to columns, encoded from the columns", async () => {
	const encoder = new RecordEncoder(templateOf(METER_FIELDS));
	for await (const { records: _, ...flows } of openTrapSource(path)) {
		for (let i = 0; i < flows.length; i++) encoder.encode(flows, i);
	}
});
rmSync(folder, { recursive: true });
rmSync(path);

async function corpus(): Promise<{ template: Template; records: Uint8Array[]; source: string }> {
	const golden = sharedPath("golden/detector/inputs/corpus.trapcap.gz");
	const records: Uint8Array[] = [];
	if (golden === undefined) {
		const encoder = new RecordEncoder(templateOf(METER_FIELDS));
		const flows = columnsOfFlows([madeFlow()]);
		for (let n = 0; n < 200_000; n++) {
			encoder.encode(flows, 0);
			records.push(encoder.bytes.slice(0, encoder.length));
		}
		return { template: encoder.template, records, source: `${encoder.length} bytes, made` };
	}
	let template = parseTemplate("uint8 NONE");
	for await (const batch of openTrapInput(golden)) {
		template = batch.template;
		for (let i = 0; i < batch.length; i++) records.push(batch.bytes.slice(batch.begins[i], batch.ends[i]));
	}
	return { template, records, source: "the reference corpus" };
}

function madeFlow(): Flow {
	const packets = Array.from({ length: 11 }, (_, k) => k);
	return {
		sourceAddress: "10.0.0.1",
		destinationAddress: "192.0.2.1",
		sourcePort: 40000,
		destinationPort: 443,
		protocol: 6,
		bytes: 5000,
		bytesReverse: 9000,
		packets: 20,
		packetsReverse: 22,
		tcpFlags: 27,
		tcpFlagsReverse: 27,
		timeFirst: 1.7e15,
		timeLast: 1.7e15 + 1e6,
		packetLengths: packets.map((k) => 60 + k),
		packetDirections: packets.map((k) => (k % 2 === 0 ? 1 : -1)),
		packetFlags: packets.map(() => 24),
		packetTimes: packets.map((k) => 1.7e15 + k * 1000),
		payload: new Uint8Array(28),
		payloadReverse: new Uint8Array(24),
		serverName: "example.org",
	};
}

async function writeFile(): Promise<void> {
	const output = await openTrapOutput(path);
	await output.begin(template);
	for (let k = 0; k < REPETITIONS; k++) for (const record of records) output.send(record, 0, record.length);
	await output.close();
}

async function drain(flows: FlowSource): Promise<void> {
	let count = 0;
	for await (const batch of flows) count += batch.length;
	if (count !== total) throw new Error(`${count} flows of ${total}`);
}

/** Another thread sends from memory; this thread receives and decodes. */
async function overSocket(): Promise<void> {
	const containers: Uint8Array[] = [];
	const writer = new ContainerWriter("sequenced", CONTAINER_LENGTH_MAX);
	for (const record of records) {
		if (writer.add(record, 0, record.length)) continue;
		containers.push(writer.finish().slice());
		writer.add(record, 0, record.length);
	}
	containers.push(writer.finish());
	const worker = new Worker(`${import.meta.dirname}/.data/nemea-sender-worker.js`, {
		workerData: {
			path: join(folder, "trap-bench.sock"),
			hello: encodeHello({ dataType: 2, specifier: template.text }),
			containers: Buffer.concat(containers),
			repetitions: REPETITIONS,
		},
	});
	await new Promise((resolve) => worker.once("message", resolve));
	clock.restart();
	await drain(openTrapSource("u:bench", { socketDirectory: folder }));
	clock.stop();
	await new Promise((resolve) => worker.once("exit", resolve));
}

async function measure(what: string, run: () => Promise<void>): Promise<void> {
	let wall = 0;
	let processor = 0;
	for (let round = 0; round < ROUNDS; round++) {
		clock.restart();
		await run();
		clock.stop();
		wall = Math.max(wall, total / clock.wall);
		processor = Math.max(processor, total / clock.processor);
	}
	const show = (rate: number) => Math.round(rate).toLocaleString("en").padStart(10);
	console.log(`${what.padEnd(50)} ${show(wall)} records/s ${show(processor)} per second of processor`);
}
