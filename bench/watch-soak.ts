/**
 * `decrypto watch` for a bounded time under flows, reloads and hostile datagrams: `node bench/watch-soak.ts [MINUTES] [FLOWS/S]`.
 * Prints the slope of its memory with its 95 % interval, open files, and the worst p99 of the event loop's delay. Exits with 1
 * where flows were lost, handles leaked or the delay was 100 ms or more.
 */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort, TestPlace, until } from "../src/watch/daemon.testing.ts";
import { openExport } from "../src/watch/flows.testing.ts";
import { Load } from "../src/watch/reload-under-load.testing.ts";

const minutes = Number(process.argv[2] ?? 5);
const perSecond = Number(process.argv[3] ?? 5000);
const PROGRAM = fileURLToPath(new URL("../bin/decrypto.js", import.meta.url));
const SCRAPE_MS = 5000;
const RELOAD_MS = 10_000;
/** Memory and caches fill at first: this part of the time is left out of the slope. */
const WARM_UP = 0.3;

interface Sample {
	readonly minutes: number;
	readonly resident: number;
	readonly files: number;
	readonly p99: number;
	readonly flows: number;
}

await using place = new TestPlace();
const ports = await Promise.all([freePort(), freePort(), freePort()]);
const [load, hostile, metrics] = ports as [number, number, number];
const address = `ipfix+tcp://127.0.0.1:${load}`;
const configure = (round: number): void =>
	place.configure({
		inputs: [{ listen: address }, { listen: `ipfix+udp://127.0.0.1:${hostile}` }],
		threads: 2,
		metrics: { listen: `127.0.0.1:${metrics}` },
		receivers: [{ name: "archive", file: place.path("archive.ndjson") }],
		detection: { shape_threshold: round % 2 === 0 ? 0.95 : 0.96 },
		allowlist: round % 3 === 0 ? [] : [{ reason: `round ${round}`, owner: "soak", hosts: ["10.0.0.1"] }],
	});
configure(0);
const child = spawn(process.execPath, [PROGRAM, "watch", place.file], { stdio: ["ignore", "ignore", "inherit"] });
const exited = new Promise((resolve) => child.once("exit", resolve));
const readyz = `http://127.0.0.1:${metrics}/readyz`;
await until(async () => (await fetch(readyz).catch(() => undefined))?.status === 200, "the daemon is ready", 60_000);

const began = performance.now();
const generator = new Load(await openExport(address), perSecond);
generator.start();
const garbage = createSocket("udp4");
const flood = setInterval(() => {
	for (let k = 0; k < 50; k++) garbage.send(Buffer.alloc(20 + k * 20, k), hostile, "127.0.0.1");
}, 100);
const samples: Sample[] = [];
for (let round = 0, reloadAt = began + RELOAD_MS; performance.now() - began < minutes * 60_000; ) {
	await sleep(SCRAPE_MS);
	samples.push(await scrape());
	if (performance.now() < reloadAt) continue;
	reloadAt += RELOAD_MS;
	configure(++round);
	child.kill("SIGHUP");
}
clearInterval(flood);
garbage.close();
await generator.stop();
await until(async () => (await scrape()).flows === generator.sent, "all flows arrived", 30_000).catch(() => {});
const last = await scrape();
child.kill("SIGTERM");
const status = await exited;
tell();

async function scrape(): Promise<Sample> {
	const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
	const value = (name: string): number => {
		const line = text.split("\n").find((each) => each.startsWith(`${name} `));
		return Number(line?.slice(name.length + 1));
	};
	return {
		minutes: (performance.now() - began) / 60_000,
		resident: value("process_resident_memory_bytes") / 2 ** 20,
		files: value("process_open_fds"),
		p99: value('decrypto_event_loop_delay_seconds{statistic="p99"}') * 1000,
		flows: value(`decrypto_input_flows_total{input="${address}"}`),
	};
}

function tell(): void {
	const warm = samples.slice(Math.floor(samples.length * WARM_UP));
	const { slope, interval } = slopeOf(warm.map((sample) => [sample.minutes, sample.resident]));
	const files = warm.map((sample) => sample.files);
	const p99 = Math.max(...warm.map((sample) => sample.p99));
	const lost = generator.sent - last.flows;
	const notified = readFileSync(place.path("archive.ndjson"), "utf8").split("\n").length - 1;
	console.log(
		`time              ${minutes} min at ${perSecond} flows/s, reloads every ${RELOAD_MS / 1000} s, 500 garbage datagrams/s`,
	);
	console.log(`flows             ${generator.sent} sent, ${lost} lost; ${notified} notifications`);
	console.log(
		`memory            ${warm.at(-1)!.resident.toFixed(0)} MiB, ${slope.toFixed(2)} ± ${interval.toFixed(2)} MiB/min`,
	);
	console.log(`open files        ${Math.min(...files)} to ${Math.max(...files)}`);
	console.log(`event loop p99    ${p99.toFixed(1)} ms at worst`);
	console.log(`exit status       ${String(status)}`);
	if (lost !== 0 || status !== 0 || p99 >= 100 || Math.max(...files) > files[0]! + 10) process.exitCode = 1;
}

/** Least squares, with 1.96 standard errors of the slope. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): { slope: number; interval: number } {
	const n = points.length;
	const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / n;
	const [x, y] = [mean(0), mean(1)];
	const sxx = points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
	const slope = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0) / sxx;
	const rest = points.reduce((sum, [px, py]) => sum + (py - y - slope * (px - x)) ** 2, 0);
	return { slope, interval: 1.96 * Math.sqrt(rest / Math.max(n - 2, 1) / sxx) };
}
