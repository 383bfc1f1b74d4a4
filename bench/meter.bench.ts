import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildPackage } from "../scripts/build-package.ts";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { DecodedPacket } from "../src/capture/decoded-packet.ts";
import { PacketDecoder } from "../src/capture/packet-decoder.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { detect } from "../src/detect/detect.ts";
import { createDetector, createDetectState } from "../src/detect/detector.ts";
import { DEFAULT_OPTIONS } from "../src/detect/options.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import { openModel } from "../src/forest/open-model.ts";
import { type MeterCaptureOptions, meterCapture } from "../src/meter/meter-capture.ts";
import { mayBecomeMining } from "../src/mining/may-become-mining.ts";
import { BENCH_PACKETS, benchCapture } from "./meter-capture.ts";

/**
 * File to flows. For comparison, on one core with the same features (figures of the project's brief): ipfixprobe 1.2
 * million packets/s, ndpiReader 0.46, `tcpdump -r` that looks at nothing 6.8.
 * Each stage is run several times in turn and the best is told, by the clock and by the processor time of this thread:
 * on a busy machine the two differ.
 */
const ROUNDS = 5;
const BUILT = `${import.meta.dirname}/.data/built`;
const AS_DETECT_ASKS: MeterCaptureOptions = { payloadBytes: 512, handshakes: true, vlan: true };
const path = await benchCapture();
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
	"file to flows": () => metered({}),
	"as detect asks for": () => metered({ ...AS_DETECT_ASKS, isPayloadWanted: mayBecomeMining }),
	"all payload, too": () => metered(AS_DETECT_ASKS),
	"file to verdicts": () =>
		judged(meterCapture(openByteSource(path), { ...AS_DETECT_ASKS, isPayloadWanted: mayBecomeMining })),
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
await buildPackage(BUILT);
for (const threads of [1, 2]) wholeProgram(threads);
console.log(`${source.counters.flows} flows`);
// In a process of its own: what was measured here has left its memory.
execFileSync(process.execPath, [fileURLToPath(new URL("meter-memory.ts", import.meta.url))], { stdio: "inherit" });

async function metered(options: MeterCaptureOptions): Promise<void> {
	for await (const flows of meterCapture(openByteSource(path), options)) void flows;
}

/** The flows through the detector, with the model that comes along. */
async function judged(source: AsyncIterable<FlowColumns>): Promise<void> {
	const state = createDetectState(DEFAULT_OPTIONS);
	for await (const flows of source) detect(flows, detector, state);
}

/** The whole program as it is published, from its start to its exit, with nobody who takes the flows. */
function wholeProgram(threads: number): void {
	const args = [`${BUILT}/bin/decrypto.js`, "meter", path, "--threads", String(threads), "--output", "b:", "--quiet"];
	let fastest = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const begun = performance.now() / 1000;
		execFileSync(process.execPath, args);
		fastest = Math.min(fastest, performance.now() / 1000 - begun);
	}
	console.log(`  decrypto meter --threads ${threads} ${rate(fastest)} by the clock, its start included`);
}

function threadSeconds(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1e6;
}
