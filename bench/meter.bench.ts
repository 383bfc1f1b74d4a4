import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { DecodedPacket } from "../src/capture/decoded-packet.ts";
import { PacketDecoder } from "../src/capture/packet-decoder.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { Meter } from "../src/meter/meter.ts";
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
const path = await benchCapture();
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
	"as detect asks for": () =>
		metered({ payloadBytes: 512, isPayloadWanted: mayBecomeMining, handshakes: true, vlan: true }),
	"all payload, too": () => metered({ payloadBytes: 512, handshakes: true, vlan: true }),
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
for (const threads of [1, 2]) wholeProgram(threads);
console.log(`${source.counters.flows} flows; resident memory ${megabytes()} MB`);
await concurrentFlows();
flood();

async function metered(options: MeterCaptureOptions): Promise<void> {
	for await (const flows of meterCapture(openByteSource(path), options)) void flows;
}

/** The whole program, from its start to its exit, with nobody who takes the flows. */
function wholeProgram(threads: number): void {
	const program = fileURLToPath(new URL("../bin/decrypto.js", import.meta.url));
	const args = [program, "meter", path, "--threads", String(threads), "--output", "b:", "--quiet"];
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

function megabytes(): number {
	return Math.round(process.memoryUsage().rss / 1e6);
}

/** The capture's packets under other addresses in every pass, with a clock that stands still, until a million flows are there at once. */
async function concurrentFlows(): Promise<void> {
	const wanted = 1_000_000;
	const meter = new Meter({ maximumFlows: 1 << 20 });
	const decoder = new PacketDecoder();
	const packet = new DecodedPacket();
	let packets = 0;
	for (let pass = 1; meter.size < wanted; pass++) {
		const reader = new PacketReader(openByteSource(path));
		while (meter.size < wanted && (await reader.fill())) {
			while (meter.size < wanted && reader.next()) {
				if (decoder.decode(reader.packet, packet) !== 0) continue;
				packet.source0 ^= pass << 24;
				packet.destination0 ^= pass << 24;
				// Without this a flow would be split in every pass, and the parts not be there at once.
				packet.tcpFlags &= ~0x07;
				meter.add(packet, reader.packet.bytes, 1_700_000_000_000_000);
				packets++;
			}
		}
		reader.close();
	}
	console.log(
		`${meter.size} concurrent flows of ${packets} packets: resident memory ${megabytes()} MB in all, ${meter.evicted} evicted`,
	);
}

/** New flows only, four times as many as there is room for. */
function flood(): void {
	const room = 1 << 18;
	const meter = new Meter({ maximumFlows: room });
	const packet = Object.assign(new DecodedPacket(), {
		version: 4,
		protocol: 6,
		tcpFlags: 2,
		ipLength: 40,
		destination0: 1,
	});
	const bytes = new Uint8Array(0);
	const before = megabytes();
	const begun = performance.now();
	for (let i = 0; i < 4 * room; i++) {
		packet.source0 = Math.imul(i, 0x9e3779b1);
		meter.add(packet, bytes, i);
		if (meter.flows.length >= 4096) meter.flows.clear();
	}
	const rate = (4 * room) / (performance.now() - begun) / 1000;
	console.log(
		`flood of ${4 * room} new flows into a table of ${room}: ${meter.evicted} evicted, ${meter.size} there, ` +
			`${rate.toFixed(2)} million/s, ${megabytes() - before} MB more`,
	);
}
