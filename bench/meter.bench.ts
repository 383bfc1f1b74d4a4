import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { linkSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { buildPackage } from "../scripts/build-package.ts";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { DecodedPacket } from "../src/capture/decoded-packet.ts";
import { PacketDecoder } from "../src/capture/packet-decoder.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { PLACES } from "../src/capture/shard.ts";
import { detect } from "../src/detect/detect.ts";
import { createDetector, createDetectState } from "../src/detect/detector.ts";
import { DEFAULT_OPTIONS } from "../src/detect/options.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import { openModel } from "../src/forest/open-model.ts";
import { type MeterCaptureOptions, meterCapture } from "../src/meter/meter-capture.ts";
import { DEFAULT_MAXIMUM_FLOWS } from "../src/meter/meter-defaults.ts";
import { mayBecomeMining } from "../src/mining/may-become-mining.ts";
import { BENCH_PACKETS, benchCapture } from "./meter-capture.ts";
import type { ShardOrder } from "./meter-shard-worker.ts";

/**
 * File to flows. For comparison, on one core with the same features (figures of the project's brief): ipfixprobe 1.2
 * million packets/s, ndpiReader 0.46, `tcpdump -r` that looks at nothing 6.8.
 * Each stage is run several times in turn and the best is told, by the clock and by the processor time of this thread:
 * on a busy machine the two differ.
 */
const ROUNDS = 5;
const PROGRAM_ROUNDS = 3;
const DATA = `${import.meta.dirname}/.data`;
const BUILT = `${DATA}/built`;
/** The capture so often, one after the other: enough to be shared between threads, and to be long beside the start. */
const COPIES = 4;
const AS_DETECT_ASKS: MeterCaptureOptions = { payloadBytes: 512, handshakes: true, vlan: true };
const path = await benchCapture();
const beside = new Worker(`${DATA}/meter-shard-worker.js`);
const detector = createDetector(
	openModel(fileURLToPath(new URL("../models/default.model", import.meta.url))),
	DEFAULT_OPTIONS,
);
const stages: Record<string, () => Promise<void>> = {
	"read packets": async () => {
		const reader = new PacketReader(openByteSource(path));
		while (await reader.fill()) while (reader.next());
	},
	"read, decode": async () => {
		const reader = new PacketReader(openByteSource(path));
		const decoder = new PacketDecoder();
		const packet = new DecodedPacket();
		while (await reader.fill()) while (reader.next()) decoder.decode(reader.packet, packet);
	},
	"file to flows": () => meterHere({}),
	"as detect asks for": () => meterHere({ ...AS_DETECT_ASKS, isPayloadWanted: mayBecomeMining }),
	"all payload, too": () => meterHere(AS_DETECT_ASKS),
	"file to verdicts": () =>
		judged(meterCapture(openByteSource(path), { ...AS_DETECT_ASKS, isPayloadWanted: mayBecomeMining })),
	"two threads, to flows": () => sideBySide({}, false),
	"two threads, as detect": () => sideBySide(AS_DETECT_ASKS, true),
};

console.log(`${(BENCH_PACKETS / 1e6).toFixed(1)} million packets, million packets/s:`);
const best = new Map(Object.keys(stages).map((name) => [name, { wall: Infinity, thread: Infinity }]));
for (let round = 0; round < ROUNDS; round++) {
	for (const [name, stage] of Object.entries(stages)) {
		const begun = { wall: performance.now() / 1000, thread: threadSeconds() };
		await stage();
		const times = best.get(name)!;
		times.wall = Math.min(times.wall, performance.now() / 1000 - begun.wall);
		times.thread = Math.min(times.thread, threadSeconds() - begun.thread);
	}
}
const rate = (seconds: number) => (BENCH_PACKETS / seconds / 1e6).toFixed(2).padStart(6);
for (const [name, { wall, thread }] of best) {
	console.log(`  ${name.padEnd(24)} ${rate(wall)} by the clock, ${rate(thread)} of this thread's own time`);
}
const source = meterCapture(openByteSource(path));
for await (const flows of source) void flows;
await beside.terminate();
console.log(`${source.counters.flows} flows`);
await buildPackage(BUILT);
console.log("\nThe program, its start included:");
wholeProgram("meter", 1, path, 1);
const copies = copiesOf(path);
for (const command of ["meter", "detect"]) for (const threads of [1, 2]) wholeProgram(command, threads, copies, COPIES);
// In a process of its own: what was measured here has left its memory.
execFileSync(process.execPath, [fileURLToPath(new URL("meter-memory.ts", import.meta.url))], { stdio: "inherit" });

async function meterHere(options: MeterCaptureOptions): Promise<void> {
	for await (const flows of meterCapture(openByteSource(path), options)) void flows;
}

/** The flows through the detector, with the model that comes along. */
async function judged(source: AsyncIterable<FlowColumns>): Promise<void> {
	const state = createDetectState(DEFAULT_OPTIONS);
	for await (const flows of source) detect(flows, detector, state);
}

/** Each of two threads meters its half of the pairs of addresses; the other one is warm, too, after a round. */
async function sideBySide(asked: MeterCaptureOptions, payloadForMining: boolean): Promise<void> {
	const half = { ...asked, maximumFlows: DEFAULT_MAXIMUM_FLOWS / 2 };
	const middle = PLACES / 2;
	const metered = once(beside, "message");
	const options = { ...half, shard: { begin: middle, end: PLACES } };
	beside.postMessage({ path, options, payloadForMining } satisfies ShardOrder);
	const wanted = payloadForMining ? { isPayloadWanted: mayBecomeMining } : {};
	await meterHere({ ...half, ...wanted, shard: { begin: 0, end: middle } });
	await metered;
}

/** A directory with the capture under several names. */
function copiesOf(capture: string): string {
	const folder = `${DATA}/copies`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	for (let i = 0; i < COPIES; i++) linkSync(capture, `${folder}/${i}.pcap`);
	return folder;
}

/** The program as it is published, from its start to its exit, with nobody who takes what it finds. */
function wholeProgram(command: string, threads: number, input: string, copies: number): void {
	const args = [command, input, "--threads", String(threads), "--output", "b:", "--quiet"];
	let fastest = Infinity;
	for (let round = 0; round < PROGRAM_ROUNDS; round++) {
		const begun = performance.now() / 1000;
		execFileSync(process.execPath, [`${BUILT}/bin/decrypto.js`, ...args]);
		fastest = Math.min(fastest, performance.now() / 1000 - begun);
	}
	const packets = `${(copies * BENCH_PACKETS) / 1e6} million packets`;
	console.log(`  ${`${command} --threads ${threads}, ${packets}`.padEnd(40)} ${rate(fastest / copies)}`);
}

function threadSeconds(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1e6;
}
