import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildPackage } from "../scripts/build-package.ts";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { meterCapture } from "../src/meter/meter-capture.ts";
import { BENCH_PACKETS, benchCapture } from "./meter-capture.ts";
import type { StageTimes } from "./meter-stage-worker.ts";
import { STAGES } from "./meter-stages.ts";

/**
 * File to flows. For comparison, on one core with the same features (figures of the project's brief): ipfixprobe 1.2
 * million packets/s, ndpiReader 0.46, `tcpdump -r` that looks at nothing 6.8.
 * Each stage runs in several processes in turn, as in the program, each with a few passes over the capture. The best is
 * printed, in wall-clock time and in processor time of the main thread, which differ on a busy machine.
 */
const ROUNDS = 3;
const PASSES = 4;
const PROGRAM_ROUNDS = 3;
const DATA = `${import.meta.dirname}/.data`;
const BUILT = `${DATA}/built`;
/** The number of copies of the capture: enough for several threads, and long compared with the start. */
const COPIES = 4;
const path = await benchCapture();

console.log(`${(BENCH_PACKETS / 1e6).toFixed(1)} million packets, million packets/s:`);
const best = new Map(Object.keys(STAGES).map((name) => [name, { wall: Infinity, thread: Infinity }]));
for (let round = 0; round < ROUNDS; round++) {
	for (const [name, times] of best) {
		const { wall, thread } = inProcessOfItsOwn(name);
		times.wall = Math.min(times.wall, wall);
		times.thread = Math.min(times.thread, thread);
	}
}
const rate = (seconds: number) => (BENCH_PACKETS / seconds / 1e6).toFixed(2).padStart(6);
for (const [name, { wall, thread }] of best) {
	console.log(`  ${name.padEnd(24)} ${rate(wall)} by the clock, ${rate(thread)} of the main thread's own time`);
}
const source = meterCapture(openByteSource(path));
for await (const flows of source) void flows;
console.log(`${source.counters.flows} flows`);
await buildPackage(BUILT);
console.log("\nThe program, its start included:");
wholeProgram("meter", 1, path, 1);
const copies = copiesOf(path);
for (const command of ["meter", "detect"]) for (const threads of [1, 2]) wholeProgram(command, threads, copies, COPIES);
// In a separate process, so that the memory of earlier measurements is free.
execFileSync(process.execPath, [fileURLToPath(new URL("meter-memory.ts", import.meta.url))], { stdio: "inherit" });

/** The times of one stage's passes in a separate process, independent of other stages' compiled code and memory. */
function inProcessOfItsOwn(stage: string): StageTimes {
	const told = execFileSync(process.execPath, [`${DATA}/meter-stage-worker.js`, stage, path, String(PASSES)]);
	return JSON.parse(told.toString()) as StageTimes;
}

/** A directory with the capture under several names. */
function copiesOf(capture: string): string {
	const folder = `${DATA}/copies`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	for (let i = 0; i < COPIES; i++) linkSync(capture, `${folder}/${i}.pcap`);
	return folder;
}

/** The published program, from start to exit, without a reader of its findings. */
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
