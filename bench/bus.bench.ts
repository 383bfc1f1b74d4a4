import { type ChildProcess, spawn } from "node:child_process";
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

/** From the first flow published to the last one decided, sensor, server and workers on this machine. */
async function throughServer(): Promise<void> {
	await using servers = await NatsServers.start();
	for (const count of [1, 2]) {
		await using bus = await servers.open({ partitions: PARTITIONS });
		const workers = await startWorkers(servers.address, bus, count);
		const serverBefore = servers.processorTime();
		const begin = performance.now();
		const own = process.cpuUsage();
		const { counters } = await publishAll(bus);
		const { user, system } = process.cpuUsage(own);
		await allDecided(bus, counters.flows);
		const seconds = (performance.now() - begin) / 1000;
		const server = ((servers.processorTime() - serverBefore) * 1e6) / counters.flows;
		console.log(
			`through a server, ${count} worker${count > 1 ? "s" : ""}: ${(counters.flows / seconds / 1000).toFixed(1)} k flows/s; ` +
				`sensor ${microseconds((user + system) / counters.flows)}, server ${microseconds(server)} of CPU per flow`,
		);
		for (const worker of workers) {
			const exited = once(worker, "exit");
			worker.kill("SIGTERM");
			await exited;
		}
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

/** Starts workers and waits until each has its share. */
async function startWorkers(address: string, bus: NatsBus, count: number): Promise<ChildProcess[]> {
	const program = join(ROOT, "src/cli/decrypto.ts");
	const start = (_: unknown, k: number): ChildProcess =>
		spawn(process.execPath, [program, "work", "--bus", address, "--name", `w${k}`], { stdio: "ignore" });
	const workers = Array.from({ length: count }, start);
	for (;;) {
		const statuses = await workerStatuses(bus);
		const shares = statuses.map(({ positions }) => Object.keys(positions).length);
		if (shares.length === count && shares.every((share) => share === PARTITIONS / count)) return workers;
		await sleep(100);
	}
}

async function allDecided(bus: NatsBus, total: number): Promise<void> {
	for (;;) {
		const statuses = await workerStatuses(bus);
		if (sum(statuses.map(({ counters }) => counters.flows ?? 0)) >= total) return;
		await sleep(50);
	}
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
