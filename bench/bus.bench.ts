import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { flowsOf, newDetector } from "../lab/bus-pipeline.ts";
import { BatchDecoder, BatchEncoder, batchHeaders, type EncodedBatch } from "../src/bus/flow-batch.ts";
import { FlowPublisher } from "../src/bus/flow-publisher.ts";
import { workerStatuses } from "../src/bus/life-sign.ts";
import type { NatsBus } from "../src/bus/nats-bus.ts";
import { NatsServers, withoutNats } from "../src/bus/nats-servers.testing.ts";
import { Partitioner } from "../src/bus/partition.ts";
import { FlowAccumulator } from "../src/flow/flow-accumulator.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";

/**
 * Flows over the bus against the same work in one process, in the same run: CPU per flow of each side, bytes per flow, and
 * the flows per second of one and two workers with a real server. `BENCH_SHARE=0.1` runs a tenth of it.
 */
const SHARE = Number(process.env.BENCH_SHARE ?? 1);
const ROUNDS = Math.max(1, Math.round(20 * SHARE));
const BATCH = 5000;
const PARTITIONS = 16;
/** The program runs in the project's directory, wherever its bundle is. */
const ROOT = process.cwd();

const flows = await officeFlows(BATCH);
const here = newDetector();
here.decide("warm", flows);
const alone = cpuPerFlow(() => here.decide("office", flows));
console.log(`one process, deciding: ${microseconds(alone)} of CPU per flow`);

let whole = 0;
for (const batchBytes of [16_384, 65_535]) {
	const batches: EncodedBatch[] = [];
	const encode = () => {
		batches.length = 0;
		const partitioner = new Partitioner(PARTITIONS);
		const encoders = Array.from(
			{ length: PARTITIONS },
			() => new BatchEncoder((each) => batches.push(each), batchBytes),
		);
		partitioner.sort(flows);
		for (const [p, encoder] of encoders.entries()) {
			encoder.add(flows, partitioner.positionsOf(p), 1.7e9);
			encoder.flush(1.7e9);
		}
	};
	encode();
	const sensor = cpuPerFlow(encode);
	const decoder = new BatchDecoder();
	const messages = batches.map((batch) => ({
		headers: batchHeaders({ sensor: "s", input: "office" }, batch, "id"),
		body: batch.body,
	}));
	const decode = () => messages.forEach((message) => void decoder.decode(message));
	const worker = cpuPerFlow(decode);
	const bytes = sum(batches.map(({ body }) => body.length)) / BATCH;
	const before = sum(batches.map(({ bytesBefore }) => bytesBefore)) / BATCH;
	console.log(
		`batches of ${batchBytes >> 10} KiB: encoding ${microseconds(sensor)}, decoding ${microseconds(worker)} of CPU per flow; ` +
			`${before.toFixed(0)} bytes per flow, ${bytes.toFixed(0)} compressed`,
	);
	whole = sensor + worker + alone;
}
console.log(
	`sensor, bus and worker together: ${(whole / alone).toFixed(2)} times the CPU of one process, without the server`,
);
if (withoutNats) console.log(`through a server: not measured, ${withoutNats}`);
else await throughServer();

async function throughServer(): Promise<void> {
	await using servers = await NatsServers.start();
	for (const workers of [1, 2]) {
		await using bus = await servers.open({ partitions: PARTITIONS });
		const serverBefore = cpuOfServers();
		const begin = performance.now();
		const own = process.cpuUsage();
		const { counters } = await publishAll(bus);
		const seconds = (performance.now() - begin) / 1000;
		const { user, system } = process.cpuUsage(own);
		console.log(
			`publishing ${counters.flows} flows: ${(counters.flows / seconds / 1000).toFixed(0)} k flows/s, ` +
				`sensor ${microseconds((user + system) / counters.flows)}, server ` +
				`${microseconds(((cpuOfServers() - serverBefore) * 1e6) / counters.flows)} of CPU per flow`,
		);
		const rate = await workersRate(servers.address, bus, workers);
		console.log(`${workers} worker${workers > 1 ? "s" : ""}: ${(rate / 1000).toFixed(0)} k flows/s`);
	}
}

async function publishAll(bus: NatsBus): Promise<FlowPublisher> {
	const publisher = new FlowPublisher(bus, { sensor: "s", partitions: PARTITIONS });
	for (let k = 0; k < 4 * ROUNDS; k++) {
		await publisher.room();
		publisher.write("office", flows);
	}
	await publisher.close(60_000);
	return publisher;
}

/** Flows per second from when all workers decide to the end. */
async function workersRate(address: string, bus: NatsBus, count: number): Promise<number> {
	const program = join(ROOT, "src/cli/decrypto.ts");
	const start = (_: unknown, k: number): ChildProcess =>
		spawn(process.execPath, [program, "work", "--bus", address, "--name", `w${count}-${k}`], { stdio: "ignore" });
	const workers = Array.from({ length: count }, start);
	const samples: { readonly at: number; readonly flows: number }[] = [];
	const total = 4 * ROUNDS * BATCH;
	while ((samples.at(-1)?.flows ?? 0) < total && samples.length < 3000) {
		await sleep(50);
		const mine = (await workerStatuses(bus)).filter(({ worker }) => worker.startsWith(`w${count}-`));
		const decided = sum(mine.map(({ counters }) => counters.flows ?? 0));
		const allDecide = mine.filter(({ counters }) => (counters.flows ?? 0) > 0).length === count;
		if (allDecide && decided !== samples.at(-1)?.flows) samples.push({ at: performance.now(), flows: decided });
	}
	for (const worker of workers) {
		const exited = once(worker, "exit");
		worker.kill("SIGTERM");
		await exited;
	}
	const [first, last] = [samples[0]!, samples.at(-1)!];
	return ((last.flows - first.flows) / (last.at - first.at)) * 1000;
}

/** Seconds of CPU that the servers have used, as ps tells. */
function cpuOfServers(): number {
	const { stdout } = spawnSync("ps", ["-C", "nats-server", "-o", "cputimes="], { encoding: "utf8" });
	return sum(stdout.split("\n").map(Number));
}

/** The office's flows again and again, each time of other hosts. */
async function officeFlows(count: number): Promise<FlowColumns> {
	let copied: FlowAccumulator | undefined;
	for (let round = 0; (copied?.length ?? 0) < count; round++) {
		for await (const batch of flowsOf(join(ROOT, "samples/office.pcap.gz"))) {
			copied ??= new FlowAccumulator(batch, 0);
			const end = Math.min(batch.length, count - copied.length);
			for (let i = 0; i < end; i++) batch.addresses[32 * i + 9] = round & 255;
			copied.append(batch, 0, end);
		}
	}
	return copied!.columns();
}

/** Microseconds of CPU per flow of the batch, the best of the rounds. */
function cpuPerFlow(work: () => void): number {
	let best = Number.POSITIVE_INFINITY;
	for (let k = 0; k < ROUNDS; k++) {
		const begin = process.cpuUsage();
		work();
		const { user, system } = process.cpuUsage(begin);
		best = Math.min(best, (user + system) / BATCH);
	}
	return best;
}

function microseconds(value: number): string {
	return `${value.toFixed(1)} µs`;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
